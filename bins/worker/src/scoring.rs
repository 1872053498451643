//! From what was read to what the risk rules ask, and to what is stored.

use chrono::{FixedOffset, NaiveDate};
use database::documents::{
    self, DuplicateDocument, FeatureResult, ParsedResult, Results, ScoredWith, TextResult,
};
use doc_pipeline::{
    Extraction, Fields, PARSER_VERSION,
    assess::{Assessment, AssessmentContext, Duplicate, Duplicates, assess},
};
use risk_engine::{
    DocumentFacts, FlagFact, InvalidThresholds, Kind, MissingField, RuleSet, SeverityThresholds,
    score_document,
};
use rust_decimal::Decimal;
use serde_json::json;

use crate::config::SeveritySettings;

/// Says that a document is an e-document of another kind, read completely.
const NOT_AN_INVOICE: &str = "EDOCUMENT_NOT_INVOICE";
/// Turkey's offset from UTC, all year since 2016.
const TURKEY_SECONDS: i32 = 3 * 3600;

/// The configured bounds.
pub(crate) fn thresholds(
    settings: &SeveritySettings,
) -> Result<SeverityThresholds, InvalidThresholds> {
    SeverityThresholds::new(settings.medium, settings.high, settings.critical)
}

/// The calendar day in Turkey, which is where documents are dated.
pub(crate) fn today() -> NaiveDate {
    #[expect(clippy::disallowed_methods, reason = "the edge: engines get the day as an argument")]
    let now = chrono::Utc::now();
    FixedOffset::east_opt(TURKEY_SECONDS)
        .map_or_else(|| now.date_naive(), |zone| now.with_timezone(&zone).date_naive())
}

/// Everything that document rules ask for.
pub(crate) fn facts(extraction: &Extraction, assessment: &Assessment) -> DocumentFacts {
    let fields = extraction.fields_json();
    DocumentFacts {
        kind: Kind::from_word(extraction.kind().as_str()),
        flags: assessment
            .flags
            .iter()
            .map(|flag| FlagFact { code: flag.code.clone(), severity: flag.severity })
            .collect(),
        features: assessment
            .features
            .iter()
            .filter(|(_, set)| **set)
            .map(|(name, _)| name.clone())
            .collect(),
        missing: missing(&extraction.fields).into_iter().collect(),
        // A document that could not be read has no score at all: its job fails with the reason.
        read_failed: false,
        recognised: extraction.findings.iter().any(|finding| finding.code == NOT_AN_INVOICE),
        has_fields: fields
            .as_object()
            .is_some_and(|fields| fields.keys().any(|key| key != "evidence" && key != "findings")),
        ..amounts(&extraction.fields)
    }
}

/// The amounts that expressions may ask for, and nothing else.
fn amounts(fields: &Fields) -> DocumentFacts {
    let (total_amount, tax_amount, currency) = match fields {
        Fields::Invoice(invoice) => (invoice.total_amount, invoice.tax_amount, invoice.currency),
        Fields::Receipt(receipt) => (receipt.amount, receipt.tax_amount, receipt.currency),
        _ => (None, None, None),
    };
    let currency = currency.map(|currency| currency.as_str().to_owned());
    DocumentFacts { total_amount, tax_amount, currency, ..DocumentFacts::default() }
}

fn missing(fields: &Fields) -> Vec<MissingField> {
    let absent: Vec<(bool, MissingField)> = match fields {
        Fields::Invoice(invoice) => vec![
            (invoice.invoice_number.is_none(), MissingField::InvoiceNumber),
            (invoice.issue_date.is_none(), MissingField::IssueDate),
            (invoice.counterparty_tax_number.is_none(), MissingField::TaxNumber),
            (invoice.counterparty_name.is_none(), MissingField::CounterpartyName),
            (invoice.total_amount.is_none(), MissingField::TotalAmount),
        ],
        Fields::BankStatement(statement) => {
            vec![(statement.states_no_balance(), MissingField::Balances)]
        }
        _ => vec![],
    };
    absent.into_iter().filter(|(absent, _)| *absent).map(|(_, field)| field).collect()
}

/// Everything that follows from a document, given the others that look like it.
pub(crate) fn results(
    extraction: Extraction,
    duplicates: &documents::Duplicates,
    rules: &RuleSet,
    rule_set_version: i32,
) -> Results {
    let first = |found: &[DuplicateDocument]| {
        found.first().map(|other| Duplicate { document_id: other.id.clone() })
    };
    let duplicates = Duplicates {
        content: first(&duplicates.content),
        ettn: first(&duplicates.ettn),
        number: first(&duplicates.invoice),
    };
    let day = today();
    let assessment = assess(&extraction, &AssessmentContext { today: day, duplicates });
    let facts = facts(&extraction, &assessment);
    let risk = score_document(rules, &facts);
    Results {
        parsed: ParsedResult {
            document_type: extraction.kind().as_str().to_owned(),
            fields: extraction.fields_json(),
            parser_version: PARSER_VERSION.to_owned(),
        },
        text: TextResult {
            raw: extraction.text.text,
            engine: extraction.text.engine,
            confidence: extraction.text.confidence.and_then(|share| Decimal::try_from(share).ok()),
        },
        features: FeatureResult {
            features: json!(assessment.features),
            flags: json!(assessment.flags),
            score: Some(assessment.flag_score.into()),
        },
        evaluation: ScoredWith {
            day,
            rule_set_version,
            // Plain data with text keys cannot fail to be written.
            facts: serde_json::to_string(&facts).unwrap_or_default(),
        },
        risk,
    }
}
