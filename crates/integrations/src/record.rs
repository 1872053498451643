//! Records as every connector gives them, whatever its source calls them.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{Currency, Iban, TaxNumber};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use rust_decimal::serde::{
    arbitrary_precision as exact, arbitrary_precision_option as exact_option,
};

/// Longest external id that the platform stores, in characters (`invoices.external_id`).
pub const EXTERNAL_ID_CHARS: usize = 255;

/// Whether the client company sold or bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Satış: the supplier is the client company.
    Sales,
    /// Alış: the customer is the client company.
    Purchase,
}

impl Direction {
    /// The word of `invoices.type`.
    pub const fn as_platform_word(self) -> &'static str {
        match self {
            Self::Sales => "SATIŞ",
            Self::Purchase => "ALIŞ",
        }
    }
}

/// How far an invoice is at its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceStatus {
    /// Not issued yet.
    Draft,
    /// Issued.
    Issued,
    /// Cancelled or rejected.
    Cancelled,
}

impl InvoiceStatus {
    /// The word of `invoices.status`.
    pub const fn as_platform_word(self) -> &'static str {
        match self {
            Self::Draft => "taslak",
            Self::Issued => "kesildi",
            Self::Cancelled => "iptal",
        }
    }
}

/// Who a party is, as far as the source says. Nothing here is made up: what the source does not say
/// is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PartyIdentity {
    /// Title of a firm, or first and family name of a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// VKN or TCKN as the source gives it, blanks removed; see [`Self::valid_tax_number`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_number: Option<String>,
    /// The source's own id of the party.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
}

impl PartyIdentity {
    /// The tax number, if its check digits agree.
    pub fn valid_tax_number(&self) -> Option<TaxNumber> {
        self.tax_number.as_deref()?.parse().ok()
    }

    /// Whether the source said nothing at all.
    pub const fn is_unknown(&self) -> bool {
        self.name.is_none() && self.tax_number.is_none() && self.external_id.is_none()
    }
}

/// One line of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct InvoiceLine {
    /// What was sold; may be empty.
    pub description: String,
    /// How many.
    #[serde(with = "exact")]
    pub quantity: Decimal,
    /// Unit as the source writes it (`C62`, `Adet`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Price of one without KDV, all decimals of the source. Not to be rounded and multiplied: the
    /// total of the line is [`Self::net_amount`].
    #[serde(with = "exact")]
    pub unit_price: Decimal,
    /// Total of the line after its discount, without KDV.
    #[serde(with = "exact")]
    pub net_amount: Decimal,
    /// KDV rate as a fraction (0.20); absent when the line has none of its own.
    #[serde(default, with = "exact_option", skip_serializing_if = "Option::is_none")]
    pub kdv_rate: Option<Decimal>,
    /// KDV of the line.
    #[serde(default, with = "exact_option", skip_serializing_if = "Option::is_none")]
    pub kdv_amount: Option<Decimal>,
}

/// An invoice of any source.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct InvoiceRecord {
    /// The source's id, unique within the integration, at most [`EXTERNAL_ID_CHARS`] characters, and
    /// the same each time the invoice is given.
    pub external_id: String,
    /// Invoice number as printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// ETTN in lower case: joins the same invoice from several sources.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ettn: Option<String>,
    /// Fatura tipi by its UBL-TR name (`SATIS`, `IADE`, `TEVKIFAT`, …), when the source says. Amounts of
    /// an `IADE` are positive as on the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice_type: Option<String>,
    /// Which side the client company is on; absent where the source does not say (files): then the
    /// side is the one whose tax number is a company of the office.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// How far it is.
    pub status: InvoiceStatus,
    /// Düzenleme tarihi.
    pub issue_date: NaiveDate,
    /// Vade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_date: Option<NaiveDate>,
    /// Currency of every amount.
    pub currency: Currency,
    /// Lira for one unit of the currency, when the source says.
    #[serde(default, with = "exact_option", skip_serializing_if = "Option::is_none")]
    pub exchange_rate: Option<Decimal>,
    /// Ödenecek tutar.
    #[serde(with = "exact")]
    pub total_amount: Decimal,
    /// Hesaplanan KDV, before tevkifat.
    #[serde(with = "exact")]
    pub tax_amount: Decimal,
    /// Total without KDV.
    #[serde(default, with = "exact_option", skip_serializing_if = "Option::is_none")]
    pub net_amount: Option<Decimal>,
    /// Tevkifat.
    #[serde(default, with = "exact_option", skip_serializing_if = "Option::is_none")]
    pub withholding_amount: Option<Decimal>,
    /// Who sold.
    pub supplier: PartyIdentity,
    /// Who bought.
    pub customer: PartyIdentity,
    /// Lines in the order of the source; empty where it has none.
    #[serde(default)]
    pub lines: Vec<InvoiceLine>,
    /// When the source last changed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<DateTime<Utc>>,
    /// `invoices.id` of the invoice that this one was made from by a push, where the record bears our
    /// mark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pushed_from: Option<String>,
}

impl InvoiceRecord {
    /// The client company's side, where the direction is known.
    pub fn company(&self) -> Option<&PartyIdentity> {
        self.direction.map(|direction| self.company_of(direction))
    }

    /// The client company's side if the invoice has this direction.
    pub const fn company_of(&self, direction: Direction) -> &PartyIdentity {
        match direction {
            Direction::Sales => &self.supplier,
            Direction::Purchase => &self.customer,
        }
    }

    /// The other side if the invoice has this direction.
    pub const fn counterparty_of(&self, direction: Direction) -> &PartyIdentity {
        match direction {
            Direction::Sales => &self.customer,
            Direction::Purchase => &self.supplier,
        }
    }
}

/// Which account moved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BankAccountIdentity {
    /// IBAN with valid check digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iban: Option<Iban>,
    /// Account number as the source writes it, where there is no IBAN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Name of the bank, when the source says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank_name: Option<String>,
    /// Whose account it is, as far as the source says.
    #[serde(default)]
    pub holder: PartyIdentity,
}

/// A movement of a bank account, of any source.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BankTransactionRecord {
    /// The source's id, unique within the integration (it names the account where the source's ids are
    /// unique per account only), at most [`EXTERNAL_ID_CHARS`] characters, the same each time.
    pub external_id: String,
    /// Which account.
    pub account: BankAccountIdentity,
    /// İşlem tarihi.
    pub booking_date: NaiveDate,
    /// Valör.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_date: Option<NaiveDate>,
    /// Signed: money in is positive.
    #[serde(with = "exact")]
    pub amount: Decimal,
    /// Currency of the amount and the balance.
    pub currency: Currency,
    /// Balance after the movement.
    #[serde(default, with = "exact_option", skip_serializing_if = "Option::is_none")]
    pub balance_after: Option<Decimal>,
    /// Text as the source writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The bank's receipt or reference number, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Who paid or was paid, as far as the source says.
    #[serde(default)]
    pub counterparty: PartyIdentity,
    /// `transactions.id` of the entry that this movement was made from by a push, where the record
    /// bears our mark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pushed_from: Option<String>,
}
