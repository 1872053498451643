//! Typed fields by kind. Names are the platform's (`document_parsed_data.fields`), camelCase in JSON;
//! additions are described in `docs/schemas/`. Unknown stays absent.

use chrono::NaiveDate;
use domain::Currency;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

mod exact {
    //! JSON numbers written digit by digit; no float in between.
    pub(super) use rust_decimal::serde::{
        arbitrary_precision as number, arbitrary_precision_option as option,
    };
}

/// A party of a document.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Party {
    /// Title of a firm, or first and family name of a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// VKN or TCKN as written, digits only; whether its check digits agree stands in the evidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_number: Option<String>,
    /// Vergi dairesi.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_office: Option<String>,
    /// Address on one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// One line of an invoice.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LineItem {
    /// What was sold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How many.
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Decimal>,
    /// Unit of the quantity as written (`C62`, `Adet`, `KGM`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Price of one, exact, all decimals of the source.
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub unit_price: Option<Decimal>,
    /// Net amount of the line as written.
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub line_total: Option<Decimal>,
    /// KDV rate as a fraction (0.20).
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub vat_rate: Option<Decimal>,
    /// KDV of the line.
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub vat_amount: Option<Decimal>,
    /// Discount of the line.
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub discount_amount: Option<Decimal>,
}

/// KDV of one rate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KdvRate {
    /// Rate as a fraction (0.20).
    #[serde(with = "exact::number")]
    pub rate: Decimal,
    /// Matrah.
    #[serde(default, with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub taxable_amount: Option<Decimal>,
    /// KDV.
    #[serde(default, with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub tax_amount: Option<Decimal>,
    /// Exemption reason code (istisna kodu) of a zero rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exemption_code: Option<String>,
    /// Exemption reason as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exemption_reason: Option<String>,
}

/// Tevkifat: the share of the KDV that the buyer pays to the state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Withholding {
    /// Tevkifat code (6xx, 8xx), when stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Withheld share of the KDV as a fraction (0.90).
    #[serde(default, with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub rate: Option<Decimal>,
    /// The KDV that the share is taken of.
    #[serde(default, with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub taxable_amount: Option<Decimal>,
    /// The withheld amount.
    #[serde(with = "exact::number")]
    pub amount: Decimal,
}

/// A tax other than KDV (ÖTV, ÖİV, stopaj, konaklama vergisi).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OtherTax {
    /// Tax type code (0071, 4080, 0003).
    pub code: String,
    /// Name as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Rate as a fraction, when stated.
    #[serde(default, with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub rate: Option<Decimal>,
    /// The amount as written.
    #[serde(with = "exact::number")]
    pub amount: Decimal,
}

/// An invoice, e-Fatura, e-Arşiv, e-SMM or e-Müstahsil.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InvoiceFields {
    /// Number as printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoice_number: Option<String>,
    /// Düzenleme tarihi.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issue_date: Option<NaiveDate>,
    /// Issue time `HH:MM:SS`, local to Turkey, when stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issue_time: Option<String>,
    /// Son ödeme (vade) tarihi; absent when not stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_date: Option<NaiveDate>,
    /// Ödenecek tutar: what the buyer pays.
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub total_amount: Option<Decimal>,
    /// Total of goods and services after discounts, without KDV.
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub net_amount: Option<Decimal>,
    /// Hesaplanan KDV: the sum over all rates, before tevkifat.
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub tax_amount: Option<Decimal>,
    /// Vergiler dahil toplam, as stated.
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub tax_inclusive_amount: Option<Decimal>,
    /// Toplam iskonto.
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub discount_amount: Option<Decimal>,
    /// Currency of all amounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// Lira for one unit of the currency, when stated.
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub exchange_rate: Option<Decimal>,
    /// Name of the party that is not the client company; of the issuer when the client company is
    /// neither party or unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counterparty_name: Option<String>,
    /// VKN or TCKN of the same party.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counterparty_tax_number: Option<String>,
    /// Lines as the document has them; empty when none could be read.
    pub line_items: Vec<LineItem>,
    /// ETTN as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ettn: Option<String>,
    /// Senaryo (TEMELFATURA, TICARIFATURA, EARSIVFATURA, …).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Fatura tipi (SATIS, IADE, TEVKIFAT, ISTISNA, …).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoice_type: Option<String>,
    /// Who sold and issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supplier: Option<Party>,
    /// Who bought.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<Party>,
    /// KDV by rate, ascending.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kdv_breakdown: Vec<KdvRate>,
    /// Tevkifat by code.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub withholdings: Vec<Withholding>,
    /// Sum of the tevkifat.
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub withholding_amount: Option<Decimal>,
    /// Taxes other than KDV.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_taxes: Vec<OtherTax>,
    /// Numbers of invoices that this one returns or corrects.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub billing_references: Vec<String>,
    /// Numbers of despatch notes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub despatch_references: Vec<String>,
    /// IBANs printed for payment whose check digits agree.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub payment_ibans: Vec<String>,
    /// Free notes as written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Whether the document carries an electronic signature; it is noted, not verified.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub signature_present: bool,
}

/// One movement of an account.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BankTransaction {
    /// Booking date.
    pub date: NaiveDate,
    /// Time of the movement `HH:MM` or `HH:MM:SS`, local, when stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// Valör, when stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_date: Option<NaiveDate>,
    /// Text as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Signed: money in is positive.
    #[serde(with = "exact::number")]
    pub amount: Decimal,
    /// Currency of the amount, where it is not the document's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// Balance after the movement, when stated.
    #[serde(default, with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub balance: Option<Decimal>,
    /// The bank's own reference, when stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// IBAN (else number) of the account that moved, where a document holds several accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The bank's code or word for the kind of movement as written (`NTRF`, `PMNT/RCDT`, `EFT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Whether the movement takes an earlier one back (MT940 RC and RD, CAMT `RvslInd`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reversal: bool,
    /// Who paid or was paid, when the file says so in a field of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterparty_name: Option<String>,
    /// IBAN (else number) of the other account, when the file says so in a field of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterparty_account: Option<String>,
    /// The single payments of a collective booking, when the file lists them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<TransactionDetail>,
    /// By what the same movement is known again in another file of the account: equal for the same
    /// movement in overlapping files, different for two movements that merely look alike.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// One payment of a collective booking.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TransactionDetail {
    /// Signed like the booking, when stated.
    #[serde(default, with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub amount: Option<Decimal>,
    /// Text as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Reference of the payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Who paid or was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterparty_name: Option<String>,
    /// IBAN (else number) of the other account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterparty_account: Option<String>,
}

/// One account of a document that holds several.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AccountStatement {
    /// Account number as printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_number: Option<String>,
    /// IBAN without blanks; whether its check digits agree stands in the evidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iban: Option<String>,
    /// Currency of the account, where the document says so for each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// First day of the period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_date: Option<NaiveDate>,
    /// Last day of the period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_date: Option<NaiveDate>,
    /// Opening balance; `null` when the account's statement does not say.
    #[serde(with = "exact::option")]
    pub starting_balance: Option<Decimal>,
    /// Closing balance; `null` when the account's statement does not say.
    #[serde(with = "exact::option")]
    pub ending_balance: Option<Decimal>,
    /// How many of the movements are this account's; they follow each other in its order.
    pub transaction_count: usize,
}

/// A bank statement.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BankStatementFields {
    /// Account number as printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_number: Option<String>,
    /// IBAN without blanks; whether its check digits agree stands in the evidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iban: Option<String>,
    /// Name of the bank as printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bank_name: Option<String>,
    /// Holder of the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_holder: Option<String>,
    /// Currency of all amounts; absent where the accounts of a document have different ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// First day of the period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_date: Option<NaiveDate>,
    /// Last day of the period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_date: Option<NaiveDate>,
    /// Opening balance; `null` when the statement does not say or holds several accounts.
    #[serde(with = "exact::option")]
    pub starting_balance: Option<Decimal>,
    /// Closing balance; `null` when the statement does not say or holds several accounts.
    #[serde(with = "exact::option")]
    pub ending_balance: Option<Decimal>,
    /// Movements in the order of the document.
    pub transactions: Vec<BankTransaction>,
    /// The accounts, where the document holds more than one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<AccountStatement>,
}

impl BankStatementFields {
    /// Whether neither the document nor any of its accounts states a balance.
    #[must_use]
    pub fn states_no_balance(&self) -> bool {
        let none = |opening: Option<Decimal>, closing: Option<Decimal>| {
            opening.is_none() && closing.is_none()
        };
        none(self.starting_balance, self.ending_balance)
            && self
                .statements
                .iter()
                .all(|account| none(account.starting_balance, account.ending_balance))
    }
}

/// A till receipt (fiş).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ReceiptFields {
    /// Total paid; `null` when it could not be read.
    #[serde(with = "exact::option")]
    pub amount: Option<Decimal>,
    /// Day of the sale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<NaiveDate>,
    /// Time of the sale `HH:MM`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// Total KDV.
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub tax_amount: Option<Decimal>,
    /// KDV by rate, ascending.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kdv_breakdown: Vec<KdvRate>,
    /// Who sold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merchant: Option<Party>,
    /// Fiş numarası.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt_number: Option<String>,
    /// How it was paid, as printed (NAKİT, KREDİ KARTI).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_method: Option<String>,
    /// Currency of all amounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
}

/// A party of a contract.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContractParty {
    /// Name as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Role as written (KİRAYA VEREN, KİRACI, İŞVEREN).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// VKN or TCKN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_number: Option<String>,
}

/// A contract (sözleşme).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContractFields {
    /// Number as printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract_number: Option<String>,
    /// Day of signature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract_date: Option<NaiveDate>,
    /// First day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_date: Option<NaiveDate>,
    /// Last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_date: Option<NaiveDate>,
    /// Day on which it expires, read by the platform's expiry check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiration_date: Option<NaiveDate>,
    /// Value as stated.
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub value: Option<Decimal>,
    /// Currency of the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// `lease`, `service`, `purchase`, `employment`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract_type: Option<String>,
    /// Parties in the order of the document.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parties: Vec<ContractParty>,
    /// Terms of renewal as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renewal_terms: Option<String>,
}

/// One line of a despatch or receipt advice.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DespatchLine {
    /// What was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How many were sent (irsaliye) or received (irsaliye yanıtı).
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Decimal>,
    /// Unit of the quantities as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// How many were refused (irsaliye yanıtı).
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub rejected_quantity: Option<Decimal>,
    /// How many are missing (irsaliye yanıtı).
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub short_quantity: Option<Decimal>,
    /// Why they were refused, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reject_reason: Option<String>,
}

/// What an application response (uygulama yanıtı) answers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Response {
    /// Code as written (KABUL, RED, IADE, S_APR, GUMRUKONAY).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Explanation as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Number or ETTN of the document that is answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// Its type as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_type: Option<String>,
    /// Its date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_date: Option<NaiveDate>,
}

/// An e-document that is no invoice: e-İrsaliye, e-İrsaliye yanıtı, uygulama yanıtı.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EDocumentFields {
    /// `despatch_advice`, `receipt_advice` or `application_response`.
    pub edocument_type: String,
    /// Number as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_number: Option<String>,
    /// ETTN as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ettn: Option<String>,
    /// Senaryo (TEMELIRSALIYE, HKSIRSALIYE, TICARIFATURA, …).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Type of the despatch advice (SEVK, MATBUDAN).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub type_code: Option<String>,
    /// Düzenleme tarihi.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issue_date: Option<NaiveDate>,
    /// Issue time `HH:MM:SS`, local to Turkey, when stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issue_time: Option<String>,
    /// Who sends the goods, or who answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<Party>,
    /// Who receives the goods, or who is answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receiver: Option<Party>,
    /// Taşıyıcı.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carrier: Option<Party>,
    /// Fiili sevk tarihi.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub despatch_date: Option<NaiveDate>,
    /// Plates of the vehicles.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub plates: Vec<String>,
    /// Names of the drivers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub drivers: Vec<String>,
    /// Lines as the document has them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<DespatchLine>,
    /// Numbers of orders.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub order_references: Vec<String>,
    /// Numbers of despatch notes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub despatch_references: Vec<String>,
    /// The answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<Response>,
    /// Free notes as written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// What a file with several documents holds: an archive, or an envelope of e-documents.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SeveralFields {
    /// Each document, in the order of the file.
    pub documents: Vec<ContainedDocument>,
}

/// One document of a file that holds several.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContainedDocument {
    /// Its name within the file, or its number.
    pub name: String,
    /// Its kind, one of the words of `document_parsed_data.document_type`; absent when it could not
    /// be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_type: Option<String>,
    /// Its fields as they would be stored for the document alone, with their evidence and findings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<serde_json::Value>,
    /// Why it could not be read, in Turkish.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}
