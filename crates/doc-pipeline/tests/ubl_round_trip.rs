//! What is written as UBL-TR is read as it was written, whatever the values.
#![allow(clippy::expect_used, reason = "tests fail by panicking")]

use std::fmt::Write as _;

use chrono::NaiveDate;
use doc_pipeline::{Context, Fields, read_in_process};
use proptest::prelude::*;
use rust_decimal::Decimal;

/// Description, quantity in thousandths, price in ten thousandths, line total in kuruş.
type Line = (String, i64, i64, i64);

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn invoice(number: u32, day: NaiveDate, lines: &[Line], payable: i64) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
         <i:Invoice xmlns:i=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\" \
         xmlns:a=\"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2\" \
         xmlns:b=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\">\
         <b:UBLVersionID>2.1</b:UBLVersionID><b:ID>ABC2026{number:09}</b:ID><b:IssueDate>{day}</b:IssueDate>\
         <b:InvoiceTypeCode>SATIS</b:InvoiceTypeCode><b:DocumentCurrencyCode>TRY</b:DocumentCurrencyCode>\
         <a:LegalMonetaryTotal><b:PayableAmount currencyID=\"TRY\">{}</b:PayableAmount></a:LegalMonetaryTotal>",
        Decimal::new(payable, 2)
    );
    for (index, (name, quantity, price, total)) in lines.iter().enumerate() {
        let _ = write!(
            out,
            "<a:InvoiceLine><b:ID>{index}</b:ID><b:InvoicedQuantity unitCode=\"C62\">{}</b:InvoicedQuantity>\
             <b:LineExtensionAmount currencyID=\"TRY\">{}</b:LineExtensionAmount>\
             <a:Item><b:Name>{}</b:Name></a:Item><a:Price><b:PriceAmount currencyID=\"TRY\">{}</b:PriceAmount>\
             </a:Price></a:InvoiceLine>",
            Decimal::new(*quantity, 3),
            Decimal::new(*total, 2),
            escaped(name),
            Decimal::new(*price, 4)
        );
    }
    out + "</i:Invoice>"
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_invoice_is_read_as_it_was_written(
        number in 0_u32..999_999_999,
        days in 0_i64..9_000,
        lines in proptest::collection::vec(
            ("[A-Za-zçğıöşüÇĞİÖŞÜ0-9&<>]{1,20}", 1_i64..1_000_000, 0_i64..10_000_000_000, 0_i64..1_000_000_000_000),
            1..8,
        ),
        payable in 0_i64..10_000_000_000_000,
    ) {
        let day = NaiveDate::from_ymd_opt(2005, 1, 1).expect("a day") + chrono::Duration::days(days);
        let text = invoice(number, day, &lines, payable);
        let read = read_in_process(text.as_bytes(), &Context::default()).expect("readable");
        let Fields::Invoice(fields) = &read.fields else { panic!("not an invoice") };
        let wanted = format!("ABC2026{number:09}");
        prop_assert_eq!(fields.invoice_number.as_deref(), Some(wanted.as_str()));
        prop_assert_eq!(fields.issue_date, Some(day));
        prop_assert_eq!(fields.total_amount, Some(Decimal::new(payable, 2)));
        prop_assert_eq!(fields.line_items.len(), lines.len());
        for (item, (name, quantity, price, total)) in fields.line_items.iter().zip(&lines) {
            prop_assert_eq!(item.description.as_deref(), Some(name.as_str()));
            prop_assert_eq!(item.quantity, Some(Decimal::new(*quantity, 3)));
            prop_assert_eq!(item.unit_price, Some(Decimal::new(*price, 4)));
            prop_assert_eq!(item.line_total, Some(Decimal::new(*total, 2)));
        }
    }
}
