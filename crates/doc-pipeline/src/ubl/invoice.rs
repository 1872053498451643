//! The paths of an Invoice or CreditNote.

use domain::{Iban, Severity};
use rust_decimal::Decimal;

use super::{
    findings::{Findings, shown},
    model::{Document, Line, Passenger, Root, Subtotal, TaxTotal, Totals},
    parties,
    tree::Node,
    values::{Values, clean, clean_lines},
};
use crate::error::{Limit, ReadError};

const MAX_LINES: usize = 100_000;

/// Reads everything that the document says; judgement comes after.
pub(super) fn read(
    node: Node<'_, '_>,
    root: Root,
    findings: &mut Findings,
) -> Result<Document, ReadError> {
    let supplier = parties::read(
        node.down(&["AccountingSupplierParty", "Party"]),
        parties::SUPPLIER,
        findings,
    );
    let customer =
        parties::read(node.down(&["AccountingCustomerParty", "Party"]), "Alıcı", findings);
    let word = |name| clean(node.word(name)?);
    let mut ibans = ibans(node, findings);
    let notes: Vec<String> =
        node.values("Note").filter_map(|note| clean_lines(note.text()?)).collect();
    for note in &notes {
        ibans_in_text(note, &mut ibans);
    }
    let mut values = Values::new(findings);
    let currency = values.currency(node.value("DocumentCurrencyCode"));
    let (discounts, charges) = allowances(node, &mut values);
    let line_name = if root == Root::Invoice { "InvoiceLine" } else { "CreditNoteLine" };
    let mut lines = Vec::new();
    for line in node.groups(line_name) {
        if lines.len() == MAX_LINES {
            return Err(ReadError::LimitExceeded(Limit::Xml));
        }
        lines.push(read_line(line, root, &mut values));
    }
    let kind = word(if root == Root::Invoice { "InvoiceTypeCode" } else { "CreditNoteTypeCode" });
    Ok(Document {
        root,
        version: word("UBLVersionID"),
        customization: word("CustomizationID"),
        profile: word("ProfileID").map(|profile| profile.to_ascii_uppercase()),
        number: word("ID"),
        is_copy: node.word("CopyIndicator").is_some_and(|word| matches!(word, "true" | "1")),
        ettn: word("UUID"),
        issue_date: values.date(node.value("IssueDate"), "Düzenleme tarihi"),
        issue_time: values.time(node.value("IssueTime")),
        delivery_date: values.date(
            node.group("Delivery").and_then(|delivery| delivery.value("ActualDeliveryDate")),
            "Teslim tarihi",
        ),
        due_date: values.date(due_date(node), "Vade tarihi"),
        kind: kind.map(|kind| kind.to_ascii_uppercase()),
        exchange_rate: exchange_rate(node, &mut values),
        line_count: word("LineCountNumeric"),
        supplier,
        customer,
        taxes: tax_totals(node, "TaxTotal", "KDV tutarı", &mut values),
        withholding: tax_totals(node, "WithholdingTaxTotal", "Tevkifat tutarı", &mut values),
        discounts,
        charges,
        totals: totals(node.group("LegalMonetaryTotal"), &mut values),
        lines,
        billing_references: billing_references(node),
        despatch_references: references(node.groups("DespatchDocumentReference")),
        is_signed: is_signed(node),
        has_accounting_cost: node.word("AccountingCost").is_some(),
        has_delivery_terms: node.groups("Delivery").chain([node]).any(has_delivery_terms),
        passenger: passenger(node),
        currency,
        notes,
        ibans,
    })
}

fn due_date<'t, 'a>(node: Node<'t, 'a>) -> Option<Node<'t, 'a>> {
    node.groups("PaymentMeans")
        .chain(node.groups("PaymentTerms"))
        .find_map(|group| group.value("PaymentDueDate").filter(|date| date.text().is_some()))
}

fn exchange_rate(node: Node<'_, '_>, values: &mut Values<'_>) -> Option<Decimal> {
    let rate = ["PricingExchangeRate", "TaxExchangeRate", "PaymentExchangeRate"]
        .iter()
        .find_map(|name| node.group(name)?.value("CalculationRate"));
    values.amount(rate, "Döviz kuru").filter(|rate| *rate > Decimal::ZERO)
}

fn totals(node: Option<Node<'_, '_>>, values: &mut Values<'_>) -> Totals {
    let Some(node) = node else { return Totals::default() };
    let mut money = |name, field| values.only_money(node, name, field);
    Totals {
        lines: money("LineExtensionAmount", "Mal/hizmet toplamı"),
        tax_exclusive: money("TaxExclusiveAmount", "Vergiler hariç tutar"),
        tax_inclusive: money("TaxInclusiveAmount", "Vergiler dahil tutar"),
        allowance: money("AllowanceTotalAmount", "Toplam iskonto"),
        charge: money("ChargeTotalAmount", "Toplam artırım"),
        prepaid: money("PrepaidAmount", "Ön ödeme"),
        rounding: money("PayableRoundingAmount", "Yuvarlama"),
        payable: money("PayableAmount", "Ödenecek tutar"),
    }
}

/// Tax totals of the document. Beside the one in its own currency an issuer may state the same taxes in
/// lira: those are left out, and only what is in no other total is noted.
fn tax_totals(
    node: Node<'_, '_>,
    name: &'static str,
    field: &'static str,
    values: &mut Values<'_>,
) -> Vec<TaxTotal> {
    let is_foreign = |total: Node<'_, '_>, values: &Values<'_>| {
        total.value("TaxAmount").is_some_and(|amount| values.is_foreign(amount))
    };
    let has_own = node.groups(name).any(|total| !is_foreign(total, values));
    let mut totals = Vec::new();
    for total in node.groups(name) {
        if !(has_own && is_foreign(total, values)) {
            totals.push(tax_total(total, field, values));
        }
    }
    totals
}

fn tax_total(node: Node<'_, '_>, field: &'static str, values: &mut Values<'_>) -> TaxTotal {
    TaxTotal {
        amount: values.money(node.value("TaxAmount"), field),
        subtotals: node
            .groups("TaxSubtotal")
            .map(|subtotal| read_subtotal(subtotal, field, values))
            .collect(),
    }
}

fn read_subtotal(node: Node<'_, '_>, field: &'static str, values: &mut Values<'_>) -> Subtotal {
    let category = node.group("TaxCategory");
    let scheme = category.and_then(|category| category.group("TaxScheme"));
    let of_category = |name| category.and_then(|category| clean(category.word(name)?));
    let of_scheme = |name| scheme.and_then(|scheme| clean(scheme.word(name)?));
    let per_cent = node.value("Percent").or_else(|| category?.value("Percent"));
    Subtotal {
        code: of_scheme("TaxTypeCode").map(|code| canonical_tax_type(&code)),
        name: of_scheme("Name"),
        taxable: values.amount(node.value("TaxableAmount"), "Matrah"),
        amount: values.amount(node.value("TaxAmount"), field),
        has_amount: node.value("TaxAmount").is_some_and(|amount| amount.text().is_some()),
        per_cent: values.amount(per_cent, "Vergi oranı"),
        exemption_code: of_category("TaxExemptionReasonCode"),
        exemption_reason: of_category("TaxExemptionReason"),
    }
}

/// Spreadsheet-made files lose the leading zeros of `0015`; tevkifat codes have three digits and keep
/// theirs.
fn canonical_tax_type(code: &str) -> String {
    match code {
        "15" | "015" => "0015".to_owned(),
        "3" | "03" | "003" => "0003".to_owned(),
        other => other.to_owned(),
    }
}

/// Discounts and charges written at this level.
fn allowances(node: Node<'_, '_>, values: &mut Values<'_>) -> (Vec<Decimal>, Vec<Decimal>) {
    let (mut discounts, mut charges) = (Vec::new(), Vec::new());
    for group in node.groups("AllowanceCharge") {
        let is_charge =
            group.word("ChargeIndicator").is_some_and(|word| matches!(word, "true" | "1"));
        let field = if is_charge { "Artırım" } else { "İskonto" };
        if let Some(amount) = values.amount(group.value("Amount"), field) {
            if is_charge { charges.push(amount) } else { discounts.push(amount) }
        }
    }
    (discounts, charges)
}

fn read_line(node: Node<'_, '_>, root: Root, values: &mut Values<'_>) -> Line {
    let quantity =
        node.value(if root == Root::Invoice { "InvoicedQuantity" } else { "CreditedQuantity" });
    let item = node.group("Item");
    let description = item.and_then(|item| {
        clean(item.word("Name").unwrap_or_default())
            .or_else(|| item.values("Description").find_map(|text| clean(text.text()?)))
    });
    let (discounts, charges) = allowances(node, values);
    let shipments = || node.groups("Delivery").flat_map(|delivery| delivery.groups("Shipment"));
    Line {
        description,
        quantity: values.amount(quantity, "Miktar"),
        unit: quantity.and_then(Node::unit).map(str::to_owned),
        price: values.amount(
            node.group("Price").and_then(|price| price.value("PriceAmount")),
            "Birim fiyat",
        ),
        total: values.amount(node.value("LineExtensionAmount"), "Kalem tutarı"),
        discounts,
        charges,
        taxes: node
            .groups("TaxTotal")
            .map(|total| tax_total(total, "Kalem KDV tutarı", values))
            .collect(),
        withholding: node
            .groups("WithholdingTaxTotal")
            .map(|total| tax_total(total, "Kalem tevkifat tutarı", values))
            .collect(),
        has_delivery_terms: node.groups("Delivery").any(has_delivery_terms),
        has_customs_id: shipments()
            .flat_map(|shipment| shipment.groups("GoodsItem"))
            .any(|goods| goods.word("RequiredCustomsID").is_some()),
        has_transport_mode: shipments()
            .flat_map(|shipment| shipment.groups("ShipmentStage"))
            .any(|stage| stage.word("TransportModeCode").is_some()),
    }
}

fn has_delivery_terms(node: Node<'_, '_>) -> bool {
    node.groups("DeliveryTerms").any(|terms| terms.word("ID").is_some())
}

fn references<'t, 'a: 't>(groups: impl Iterator<Item = Node<'t, 'a>>) -> Vec<String> {
    groups.filter_map(|group| clean(group.word("ID")?)).collect()
}

fn billing_references(node: Node<'_, '_>) -> Vec<String> {
    references(
        node.groups("BillingReference").flat_map(|group| group.groups("InvoiceDocumentReference")),
    )
}

/// A signature is noted, not verified.
fn is_signed(node: Node<'_, '_>) -> bool {
    use super::tree::Ns;
    node.children()
        .filter(|child| child.is(Ns::Extension, "UBLExtensions"))
        .flat_map(Node::children)
        .flat_map(Node::children)
        .flat_map(Node::children)
        .any(|child| child.is(Ns::Signature, "Signature"))
}

fn passenger(node: Node<'_, '_>) -> Passenger {
    let Some(party) = node.down(&["BuyerCustomerParty", "Party"]) else {
        return Passenger::default();
    };
    let person = party.group("Person");
    Passenger {
        is_tax_free: party
            .groups("PartyIdentification")
            .flat_map(|group| group.values("ID"))
            .any(|id| id.scheme() == Some("PARTYTYPE") && id.text() == Some("TAXFREE")),
        has_nationality: person.is_some_and(|person| person.word("NationalityID").is_some()),
        has_passport: person
            .and_then(|person| person.group("IdentityDocumentReference"))
            .is_some_and(|passport| passport.word("ID").is_some()),
    }
}

fn ibans(node: Node<'_, '_>, findings: &mut Findings) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for account in
        node.groups("PaymentMeans").flat_map(|means| means.groups("PayeeFinancialAccount"))
    {
        let Some(text) = account.word("ID") else { continue };
        match text.parse::<Iban>() {
            Ok(iban) => push_unique(&mut out, iban.as_str()),
            // Other account numbers are allowed here; only what means to be an IBAN is judged.
            Err(_)
                if text
                    .trim_start()
                    .get(..2)
                    .is_some_and(|start| start.eq_ignore_ascii_case("TR")) =>
            {
                findings.add("IBAN_CHECK_DIGITS", Severity::Medium, [("found", shown(text))]);
            }
            Err(_) => {}
        }
    }
    out
}

/// Turkish IBANs within a note; the check digits decide whether it is one.
fn ibans_in_text(text: &str, out: &mut Vec<String>) {
    const LENGTH: usize = 26;
    for (at, _) in text.match_indices("TR").take(50) {
        let rest = text.get(at..).unwrap_or_default();
        let compact: String = rest
            .chars()
            .take(2 * LENGTH)
            .filter(|c| !c.is_whitespace())
            .take_while(char::is_ascii_alphanumeric)
            .take(LENGTH)
            .collect();
        if compact.len() == LENGTH
            && let Ok(iban) = compact.parse::<Iban>()
        {
            push_unique(out, iban.as_str());
        }
    }
}

fn push_unique(list: &mut Vec<String>, item: &str) {
    if !list.iter().any(|known| known == item) {
        list.push(item.to_owned());
    }
}
