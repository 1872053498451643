//! What expressions may ask for: names, types and meanings, one list for each scope.

use std::fmt;

use domain::Severity;
use rust_decimal::Decimal;

use super::term::Value;
use crate::{
    company_facts::CompanyFacts,
    facts::{DocumentFacts, Kind, MissingField},
    rule::Scope,
};

/// The type of a value in an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueType {
    /// `true` or `false`.
    Bool,
    /// An exact number.
    Number,
    /// A text.
    Text,
    /// A list of texts, to be asked with `in`.
    Texts,
    /// A list of numbers, to be asked with `in`.
    Numbers,
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Bool => "true or false",
            Self::Number => "a number",
            Self::Text => "a text",
            Self::Texts => "a list of texts",
            Self::Numbers => "a list of numbers",
        })
    }
}

/// Something that an expression may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Its name in expressions.
    pub name: &'static str,
    /// Its type.
    pub value_type: ValueType,
    /// What it means, with its unit.
    pub meaning: &'static str,
}

/// The variables of a scope, in the order of the documentation.
pub fn variables(scope: Scope) -> Vec<Variable> {
    match scope {
        Scope::Document => DOCUMENT.iter().map(|(variable, _)| *variable).collect(),
        Scope::Company => COMPANY.iter().map(|(variable, _)| *variable).collect(),
    }
}

/// The number of a variable within its scope, by which expressions know it.
pub(super) fn number_of(scope: Scope, name: &str) -> Option<(usize, ValueType)> {
    variables(scope)
        .into_iter()
        .enumerate()
        .find(|(_, variable)| variable.name == name)
        .map(|(number, variable)| (number, variable.value_type))
}

/// The values of all variables of a scope.
#[derive(Debug, Default)]
pub(crate) struct Variables(Vec<Value>);

impl Variables {
    pub(crate) fn of_document(facts: &DocumentFacts) -> Self {
        Self(DOCUMENT.iter().map(|(_, value)| value(facts)).collect())
    }

    pub(crate) fn of_company(facts: &CompanyFacts) -> Self {
        Self(COMPANY.iter().map(|(_, value)| value(facts)).collect())
    }

    pub(super) fn get(&self, number: usize) -> Value {
        self.0.get(number).cloned().unwrap_or(Value::Bool(false))
    }

    /// Name and value, for an explanation.
    pub(super) fn named(&self, scope: Scope, number: usize) -> (String, String) {
        let name = variables(scope).get(number).map(|variable| variable.name).unwrap_or_default();
        (name.to_owned(), self.get(number).to_string())
    }
}

type Entry<F> = (Variable, fn(&F) -> Value);

const fn entry<F>(
    name: &'static str,
    value_type: ValueType,
    meaning: &'static str,
    value: fn(&F) -> Value,
) -> Entry<F> {
    (Variable { name, value_type, meaning }, value)
}

fn count(number: usize) -> Value {
    Value::Number(u64::try_from(number).unwrap_or(u64::MAX).into())
}

fn texts<'a>(texts: impl Iterator<Item = &'a str>) -> Value {
    let mut texts: Vec<String> = texts.map(str::to_owned).collect();
    texts.sort_unstable();
    texts.dedup();
    Value::Texts(texts)
}

const DOCUMENT: &[Entry<DocumentFacts>] = &[
    entry(
        "kind",
        ValueType::Text,
        "invoice, bank_statement, receipt, contract or unknown",
        |facts| {
            Value::Text(
                match facts.kind {
                    Kind::Invoice => "invoice",
                    Kind::BankStatement => "bank_statement",
                    Kind::Receipt => "receipt",
                    Kind::Contract => "contract",
                    Kind::Unknown => "unknown",
                }
                .to_owned(),
            )
        },
    ),
    entry("flags", ValueType::Texts, "codes of the flags raised", |facts| {
        texts(facts.flags.iter().map(|flag| flag.code.as_str()))
    }),
    entry("flagCount", ValueType::Number, "flags raised", |facts| count(facts.flags.len())),
    entry("highFlagCount", ValueType::Number, "flags that are high or worse", |facts| {
        count(facts.flags.iter().filter(|flag| flag.severity >= Severity::High).count())
    }),
    entry("features", ValueType::Texts, "keys of the features that are true", |facts| {
        texts(facts.features.iter().map(String::as_str))
    }),
    entry(
        "missing",
        ValueType::Texts,
        "what is missing: invoiceNumber, issueDate, taxNumber, counterpartyName, totalAmount, balances",
        |facts| {
            texts(facts.missing.iter().map(|field| match field {
                MissingField::InvoiceNumber => "invoiceNumber",
                MissingField::IssueDate => "issueDate",
                MissingField::TaxNumber => "taxNumber",
                MissingField::CounterpartyName => "counterpartyName",
                MissingField::TotalAmount => "totalAmount",
                MissingField::Balances => "balances",
            }))
        },
    ),
    entry("hasTotalAmount", ValueType::Bool, "whether a total was read", |facts| {
        Value::Bool(facts.total_amount.is_some())
    }),
    entry(
        "totalAmount",
        ValueType::Number,
        "amount to be paid, in the document's currency; 0 when none was read",
        |facts| Value::Number(facts.total_amount.unwrap_or_default()),
    ),
    entry(
        "taxAmount",
        ValueType::Number,
        "KDV, in the document's currency; 0 when none was read",
        |facts| Value::Number(facts.tax_amount.unwrap_or_default()),
    ),
    entry(
        "currency",
        ValueType::Text,
        "ISO 4217 code of the amounts; empty when none was read",
        |facts| Value::Text(facts.currency.clone().unwrap_or_default()),
    ),
];

const COMPANY: &[Entry<CompanyFacts>] = &[
    entry("scoredDocuments30", ValueType::Number, "documents scored within 30 days", |facts| {
        Value::Number(facts.documents_of(30).0.into())
    }),
    entry("scoredDocuments90", ValueType::Number, "documents scored within 90 days", |facts| {
        Value::Number(facts.documents_of(90).0.into())
    }),
    entry(
        "highRiskDocuments30",
        ValueType::Number,
        "documents of the last 30 days whose score is high or critical",
        |facts| Value::Number(facts.documents_of(30).1.into()),
    ),
    entry(
        "highRiskDocuments90",
        ValueType::Number,
        "documents of the last 90 days whose score is high or critical",
        |facts| Value::Number(facts.documents_of(90).1.into()),
    ),
    entry(
        "highRiskShare90",
        ValueType::Number,
        "highRiskDocuments90 / scoredDocuments90, 0..1; 0 when nothing was scored",
        |facts| {
            let (scored, high) = facts.documents_of(90);
            let share = Decimal::from(high).checked_div(scored.into()).unwrap_or_default();
            Value::Number(share.round_dp(4))
        },
    ),
    entry("invoices90", ValueType::Number, "invoices issued within 90 days", |facts| {
        Value::Number(facts.invoices_of(90).into())
    }),
    entry(
        "repeatedInvoices90",
        ValueType::Number,
        "invoices of the last 90 days that repeat an earlier one",
        |facts| Value::Number(facts.repeated_of(90).into()),
    ),
    entry("findingCount", ValueType::Number, "findings in the books", |facts| {
        count(facts.findings.len())
    }),
    entry("highFindingCount", ValueType::Number, "findings that are high or worse", |facts| {
        count(facts.findings.iter().filter(|one| one.severity >= Severity::High).count())
    }),
    entry(
        "findingKinds",
        ValueType::Texts,
        "kinds of the findings, such as EXPENSE_SPIKE or RING",
        |facts| texts(facts.findings.iter().map(|one| one.kind.as_str())),
    ),
    entry(
        "largestAmountAtStake",
        ValueType::Number,
        "the greatest amount that one finding concerns, in liras; 0 when none",
        |facts| {
            let amounts = facts.findings.iter().filter_map(|one| one.amount);
            Value::Number(amounts.max().unwrap_or_default())
        },
    ),
];
