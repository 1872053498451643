//! e-Documents that are not invoices: despatch advice (e-İrsaliye), receipt advice (e-İrsaliye yanıtı)
//! and application response (uygulama yanıtı).

use domain::Severity;

use super::{
    ENGINE,
    findings::{Findings, shown},
    parties,
    tree::Node,
    values::{Values, clean, clean_lines},
};
use crate::{
    error::{Limit, ReadError},
    evidence::{Evidence, EvidenceMap, Source},
    extraction::{Extraction, Fields, RawText},
    fields::{DespatchLine, EDocumentFields, Party, Response},
    media::Media,
};

const MAX_LINES: usize = 100_000;

/// Reads a despatch advice, receipt advice or application response.
pub(super) fn read(root: Node<'_, '_>) -> Result<Extraction, ReadError> {
    let mut findings = Findings::default();
    let (name, word, lines) = match root.name() {
        "DespatchAdvice" => ("e-İrsaliye", "despatch_advice", "DespatchLine"),
        "ReceiptAdvice" => ("e-İrsaliye Yanıtı", "receipt_advice", "ReceiptLine"),
        _ => ("Uygulama Yanıtı", "application_response", ""),
    };
    let mut fields = head(root, word, &mut findings);
    findings.add(
        "EDOCUMENT_NOT_INVOICE",
        Severity::Low,
        [
            ("type", name.into()),
            ("number", shown(fields.document_number.as_deref().unwrap_or("–"))),
        ],
    );
    if word == "application_response" {
        fields.sender = party(root.group("SenderParty"), "Gönderen", &mut findings);
        fields.receiver = party(root.group("ReceiverParty"), "Alıcı", &mut findings);
        fields.response = response(root, &mut findings);
    } else {
        let party_of = |name| root.down(&[name, "Party"]);
        fields.sender = party(party_of("DespatchSupplierParty"), "Gönderen", &mut findings);
        fields.receiver = party(party_of("DeliveryCustomerParty"), "Alıcı", &mut findings);
        shipment(root, &mut fields, &mut findings);
        let mut values = Values::new(&mut findings);
        for line in root.groups(lines) {
            if fields.lines.len() == MAX_LINES {
                return Err(ReadError::LimitExceeded(Limit::Xml));
            }
            fields.lines.push(read_line(line, &mut values));
        }
    }
    let text = text(name, &fields);
    Ok(Extraction {
        media: Media::Xml,
        evidence: evidence(&fields),
        fields: Fields::EDocument(Box::new(fields)),
        findings: findings.into_list(),
        text: RawText { text, engine: ENGINE.to_owned(), confidence: None },
    })
}

fn head(root: Node<'_, '_>, word: &str, findings: &mut Findings) -> EDocumentFields {
    let of = |name| clean(root.word(name)?);
    let references = |name| -> Vec<String> {
        root.groups(name).filter_map(|group| clean(group.word("ID")?)).collect()
    };
    let mut values = Values::new(findings);
    EDocumentFields {
        edocument_type: word.to_owned(),
        document_number: of("ID"),
        ettn: of("UUID"),
        profile: of("ProfileID"),
        type_code: of("DespatchAdviceTypeCode"),
        issue_date: values.date(root.value("IssueDate"), "Düzenleme tarihi"),
        issue_time: values.time(root.value("IssueTime")),
        order_references: references("OrderReference"),
        despatch_references: references("DespatchDocumentReference"),
        notes: root.values("Note").filter_map(|note| clean_lines(note.text()?)).collect(),
        ..EDocumentFields::default()
    }
}

fn party(node: Option<Node<'_, '_>>, role: &'static str, findings: &mut Findings) -> Option<Party> {
    parties::read(node, role, findings).map(|read| read.party)
}

fn response(root: Node<'_, '_>, findings: &mut Findings) -> Option<Response> {
    let answer = root.group("DocumentResponse")?;
    let response = answer.group("Response");
    let reference = answer.group("DocumentReference");
    let of = |group: Option<Node<'_, '_>>, name| clean(group?.word(name)?);
    let date = reference.and_then(|reference| reference.value("IssueDate"));
    Some(Response {
        code: of(response, "ResponseCode"),
        description: of(response, "Description"),
        document: of(reference, "ID"),
        document_type: of(reference, "DocumentTypeCode").or_else(|| of(reference, "DocumentType")),
        document_date: Values::new(findings).date(date, "Yanıtlanan belgenin tarihi"),
    })
}

fn shipment(root: Node<'_, '_>, fields: &mut EDocumentFields, findings: &mut Findings) {
    let Some(shipment) = root.group("Shipment") else { return };
    let delivery = shipment.group("Delivery");
    // A carrier is named only where it is another than the sender.
    let carrier = delivery.and_then(|delivery| delivery.group("CarrierParty"));
    fields.carrier = carrier.and_then(|carrier| party(Some(carrier), "Taşıyıcı", findings));
    let day = delivery
        .and_then(|delivery| delivery.group("Despatch"))
        .and_then(|despatch| despatch.value("ActualDespatchDate"));
    fields.despatch_date = Values::new(findings).date(day, "Fiili sevk tarihi");
    for stage in shipment.groups("ShipmentStage") {
        let plate = stage
            .down(&["TransportMeans", "RoadTransport"])
            .and_then(|road| clean(road.word("LicensePlateID")?));
        fields.plates.extend(plate);
        fields.drivers.extend(stage.groups("DriverPerson").filter_map(parties::full_name));
    }
    let trailers = shipment
        .groups("TransportHandlingUnit")
        .flat_map(|unit| unit.groups("TransportEquipment"))
        .filter_map(|equipment| clean(equipment.word("ID")?));
    fields.plates.extend(trailers);
}

fn read_line(node: Node<'_, '_>, values: &mut Values<'_>) -> DespatchLine {
    let item = node.group("Item");
    let quantity = node.value("DeliveredQuantity").or_else(|| node.value("ReceivedQuantity"));
    DespatchLine {
        description: item.and_then(|item| {
            clean(item.word("Name").unwrap_or_default())
                .or_else(|| item.values("Description").find_map(|text| clean(text.text()?)))
        }),
        quantity: values.amount(quantity, "Miktar"),
        unit: quantity.and_then(Node::unit).map(str::to_owned),
        rejected_quantity: values.amount(node.value("RejectedQuantity"), "Reddedilen miktar"),
        short_quantity: values.amount(node.value("ShortQuantity"), "Eksik miktar"),
        reject_reason: node.values("RejectReason").find_map(|text| clean(text.text()?)),
    }
}

/// XML is exact: every key as written.
fn evidence(fields: &EDocumentFields) -> EvidenceMap {
    let Ok(serde_json::Value::Object(keys)) = serde_json::to_value(fields) else {
        return EvidenceMap::new();
    };
    keys.keys()
        .filter(|key| *key != "edocumentType")
        .map(|key| {
            let evidence = Evidence {
                source: Source::Xml,
                page: None,
                bounding_box: None,
                confidence: 1.0,
                passed: Vec::new(),
                failed: Vec::new(),
                needs_review: false,
            };
            (format!("/{key}"), evidence)
        })
        .collect()
}

/// The document as text, for search and for the platform's text view.
fn text(name: &str, fields: &EDocumentFields) -> String {
    let mut text = String::new();
    let mut row = |label: &str, value: Option<String>| {
        if let Some(value) = value {
            text.push_str(label);
            text.push_str(": ");
            text.push_str(&value);
            text.push('\n');
        }
    };
    let of_party = |party: &Option<Party>| {
        let party = party.as_ref()?;
        let parts = [party.name.as_deref(), party.tax_number.as_deref()];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    };
    row("Belge", Some(name.to_owned()));
    row("Belge No", fields.document_number.clone());
    row("ETTN", fields.ettn.clone());
    row("Senaryo", fields.profile.clone());
    row("Tip", fields.type_code.clone());
    row("Düzenleme Tarihi", fields.issue_date.map(|date| date.to_string()));
    row("Gönderen", of_party(&fields.sender));
    row("Alıcı", of_party(&fields.receiver));
    row("Taşıyıcı", of_party(&fields.carrier));
    row("Fiili Sevk Tarihi", fields.despatch_date.map(|date| date.to_string()));
    for plate in &fields.plates {
        row("Plaka", Some(plate.clone()));
    }
    if let Some(response) = &fields.response {
        row("Yanıt", response.code.clone());
        row("Açıklama", response.description.clone());
        row("İlgili Belge", response.document.clone());
    }
    for (index, line) in fields.lines.iter().enumerate() {
        let quantity = line.quantity.map(|quantity| quantity.to_string()).unwrap_or_default();
        let description = line.description.as_deref().unwrap_or_default();
        let unit = line.unit.as_deref().unwrap_or_default();
        row(&format!("Kalem {}", index + 1), Some(format!("{description} {quantity} {unit}")));
    }
    for note in &fields.notes {
        row("Not", Some(note.clone()));
    }
    text
}
