//! e-Documents that are not invoices: named, so that a person knows what was uploaded.

use domain::Severity;

use super::{
    ENGINE,
    findings::{Findings, shown},
    tree::Node,
    values::{clean, clean_lines},
};
use crate::{
    evidence::EvidenceMap,
    extraction::{Extraction, Fields, RawText},
    media::Media,
};

/// Reads a despatch advice, receipt advice or application response as a document of unknown kind.
pub(super) fn read(root: Node<'_, '_>) -> Extraction {
    let name = match root.name() {
        "DespatchAdvice" => "e-İrsaliye",
        "ReceiptAdvice" => "e-İrsaliye Yanıtı",
        _ => "Uygulama Yanıtı",
    };
    let word = |value| clean(root.word(value)?);
    let number = word("ID");
    let mut findings = Findings::default();
    findings.add(
        "EDOCUMENT_NOT_INVOICE",
        Severity::Low,
        [("type", name.into()), ("number", shown(number.as_deref().unwrap_or("–")))],
    );
    let answer = root
        .down(&["DocumentResponse", "Response"])
        .and_then(|response| clean(response.word("ResponseCode")?));
    let referred = root
        .down(&["DocumentResponse", "DocumentReference"])
        .and_then(|reference| clean(reference.word("ID")?));
    let rows = [
        ("Belge", Some(name.to_owned())),
        ("Belge No", number),
        ("ETTN", word("UUID")),
        ("Senaryo", word("ProfileID")),
        ("Tip", word("DespatchAdviceTypeCode")),
        ("Düzenleme Tarihi", word("IssueDate")),
        ("Yanıt", answer),
        ("İlgili Belge", referred),
    ];
    let mut text = String::new();
    for (label, value) in rows {
        if let Some(value) = value {
            text.push_str(label);
            text.push_str(": ");
            text.push_str(&value);
            text.push('\n');
        }
    }
    for note in root.values("Note").filter_map(|note| clean_lines(note.text()?)) {
        text.push_str("Not: ");
        text.push_str(&note);
        text.push('\n');
    }
    Extraction {
        media: Media::Xml,
        fields: Fields::Unknown,
        evidence: EvidenceMap::new(),
        findings: findings.into_list(),
        text: RawText { text, engine: ENGINE.to_owned(), confidence: None },
    }
}
