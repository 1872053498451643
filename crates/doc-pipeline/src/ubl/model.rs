//! What an invoice says, before it is judged: amounts as written, nothing derived.

use chrono::NaiveDate;
use domain::Currency;
use rust_decimal::Decimal;

use crate::fields::Party;

/// Whether the document is an `Invoice` or a `CreditNote` (e-SMM, e-Müstahsil).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Root {
    /// e-Fatura, e-Arşiv.
    Invoice,
    /// e-SMM, e-Müstahsil makbuzu.
    CreditNote,
}

/// A party and what its tax number is worth.
#[derive(Debug, Default)]
pub(super) struct PartyRead {
    pub(super) party: Party,
    pub(super) number: NumberState,
}

/// Judgement of a tax number.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum NumberState {
    /// None written.
    #[default]
    Missing,
    /// Check digits agree.
    Valid,
    /// A number that stands for anybody (consumers, foreigners) and has no check digits.
    Collective,
    /// Wrong length or check digits.
    Invalid,
}

/// One rate or code within a tax total.
#[derive(Debug, Default)]
pub(super) struct Subtotal {
    pub(super) code: Option<String>,
    pub(super) name: Option<String>,
    pub(super) taxable: Option<Decimal>,
    pub(super) amount: Option<Decimal>,
    /// Whether an amount is written, readable or not.
    pub(super) has_amount: bool,
    pub(super) per_cent: Option<Decimal>,
    pub(super) exemption_code: Option<String>,
    pub(super) exemption_reason: Option<String>,
}

/// TaxTotal or WithholdingTaxTotal.
#[derive(Debug, Default)]
pub(super) struct TaxTotal {
    pub(super) amount: Option<Decimal>,
    pub(super) subtotals: Vec<Subtotal>,
}

/// LegalMonetaryTotal.
#[derive(Debug, Default)]
pub(super) struct Totals {
    pub(super) lines: Option<Decimal>,
    pub(super) tax_exclusive: Option<Decimal>,
    pub(super) tax_inclusive: Option<Decimal>,
    pub(super) allowance: Option<Decimal>,
    pub(super) charge: Option<Decimal>,
    pub(super) prepaid: Option<Decimal>,
    pub(super) rounding: Option<Decimal>,
    pub(super) payable: Option<Decimal>,
}

/// InvoiceLine or CreditNoteLine.
#[derive(Debug, Default)]
pub(super) struct Line {
    pub(super) description: Option<String>,
    pub(super) quantity: Option<Decimal>,
    pub(super) unit: Option<String>,
    pub(super) price: Option<Decimal>,
    pub(super) total: Option<Decimal>,
    pub(super) discounts: Vec<Decimal>,
    pub(super) charges: Vec<Decimal>,
    pub(super) taxes: Vec<TaxTotal>,
    pub(super) withholding: Vec<TaxTotal>,
    pub(super) has_delivery_terms: bool,
    pub(super) has_customs_id: bool,
    pub(super) has_transport_mode: bool,
}

/// The whole document.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a statement of its own about the document"
)]
pub(super) struct Document {
    pub(super) root: Root,
    pub(super) version: Option<String>,
    pub(super) customization: Option<String>,
    pub(super) profile: Option<String>,
    pub(super) number: Option<String>,
    pub(super) is_copy: bool,
    pub(super) ettn: Option<String>,
    pub(super) issue_date: Option<NaiveDate>,
    pub(super) issue_time: Option<String>,
    pub(super) delivery_date: Option<NaiveDate>,
    pub(super) due_date: Option<NaiveDate>,
    pub(super) kind: Option<String>,
    pub(super) notes: Vec<String>,
    pub(super) currency: Option<Currency>,
    pub(super) exchange_rate: Option<Decimal>,
    pub(super) line_count: Option<String>,
    pub(super) supplier: Option<PartyRead>,
    pub(super) customer: Option<PartyRead>,
    /// Tax totals in the document's currency.
    pub(super) taxes: Vec<TaxTotal>,
    pub(super) withholding: Vec<TaxTotal>,
    pub(super) discounts: Vec<Decimal>,
    pub(super) charges: Vec<Decimal>,
    pub(super) totals: Totals,
    pub(super) lines: Vec<Line>,
    pub(super) billing_references: Vec<String>,
    pub(super) despatch_references: Vec<String>,
    pub(super) ibans: Vec<String>,
    pub(super) is_signed: bool,
    pub(super) has_accounting_cost: bool,
    pub(super) has_delivery_terms: bool,
    pub(super) passenger: Passenger,
}

/// What a YOLCUBERABERFATURA says of the traveller.
#[derive(Debug, Default)]
pub(super) struct Passenger {
    pub(super) is_tax_free: bool,
    pub(super) has_nationality: bool,
    pub(super) has_passport: bool,
}

impl Document {
    /// Type of document in upper case, empty when not stated.
    pub(super) fn kind_word(&self) -> &str {
        self.kind.as_deref().unwrap_or_default()
    }

    /// Subtotals of all document tax totals.
    pub(super) fn subtotals(&self) -> impl Iterator<Item = &Subtotal> {
        self.taxes.iter().flat_map(|total| &total.subtotals)
    }
}

impl Line {
    /// Subtotals of the line's tax totals.
    pub(super) fn subtotals(&self) -> impl Iterator<Item = &Subtotal> {
        self.taxes.iter().flat_map(|total| &total.subtotals)
    }
}
