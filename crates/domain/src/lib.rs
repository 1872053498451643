//! What two or more crates share, and nothing else: ids, money, tax numbers, dated tables, severity,
//! rows of the books.
//!
//! Invariants: no I/O, no clock, no randomness; a value of a type here is valid by construction.

pub mod books;
mod holiday;
mod ids;
mod kdv;
mod limits;
mod money;
mod severity;
mod tax_number;

pub use holiday::{HOLIDAY_YEARS, Holiday, holiday_on};
pub use ids::{ClientCompanyId, DocumentId, InvoiceId, JobId, TenantId, UserId};
pub use kdv::{is_kdv_rate_known, kdv_rates_on};
pub use limits::{bank_payment_limit_on, invoice_limit_on};
pub use money::{Currency, InvalidCurrency, Money, round_to_kurus};
pub use severity::{Severity, UnknownSeverity};
pub use tax_number::{Iban, InvalidTaxNumber, TaxNumber, Tckn, Vkn};
