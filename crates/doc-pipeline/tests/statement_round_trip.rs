//! What is printed in a format and read again is what was printed.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fmt::Write as _;

use chrono::NaiveDate;
use doc_pipeline::{Context, Fields, fields::BankStatementFields, read_in_process};
use proptest::prelude::*;
use rust_decimal::Decimal;

/// Day, kuruş and text of a movement.
type Movement = (NaiveDate, i64, String);

const IBAN: &str = "TR360004600000001234567890";

fn movements() -> impl Strategy<Value = Vec<Movement>> {
    let day = (0_u64..4000)
        .prop_map(|days| NaiveDate::from_ymd_opt(2016, 1, 1).unwrap() + chrono::Days::new(days));
    let kurus = prop_oneof![-5_000_000_000_i64..-1, 1_i64..5_000_000_000];
    let text = "[A-ZÇĞİÖŞÜ][A-ZÇĞİÖŞÜ0-9 ]{0,28}[A-ZÇĞİÖŞÜ0-9]";
    prop::collection::vec((day, kurus, text.prop_map(|text| squeezed(&text))), 1..30).prop_map(
        |mut list| {
            list.sort_by_key(|(day, ..)| *day);
            list
        },
    )
}

/// One blank between words, as every format gives them back.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn decimal(kurus: i64) -> Decimal {
    Decimal::new(kurus, 2)
}

fn turkish(kurus: i64) -> String {
    decimal(kurus).to_string().replace('.', ",")
}

fn mt940(list: &[Movement], opening: i64, closing: i64) -> String {
    let balance = |kurus: i64| {
        let mark = if kurus < 0 { 'D' } else { 'C' };
        format!("{mark}260101TRY{}", turkish(kurus.abs()))
    };
    let mut out = format!(":20:X\r\n:25:{IBAN}\r\n:28C:1/1\r\n:60F:{}\r\n", balance(opening));
    for (day, kurus, text) in list {
        let mark = if *kurus < 0 { "D" } else { "C" };
        let _ = write!(
            out,
            ":61:{}{}{mark}{}NTRFNONREF\r\n:86:{text}\r\n",
            day.format("%y%m%d"),
            day.format("%m%d"),
            turkish(kurus.abs())
        );
    }
    out + &format!(":62F:{}\r\n-\r\n", balance(closing))
}

fn camt(list: &[Movement], opening: i64, closing: i64) -> String {
    let side = |kurus: i64| if kurus < 0 { "DBIT" } else { "CRDT" };
    let balance = |code: &str, kurus: i64| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"TRY\">{}</Amt>\
             <CdtDbtInd>{}</CdtDbtInd></Bal>",
            decimal(kurus.abs()),
            side(kurus)
        )
    };
    let mut out = format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><Stmt><Acct><Id>\
         <IBAN>{IBAN}</IBAN></Id></Acct>{}{}",
        balance("OPBD", opening),
        balance("CLBD", closing)
    );
    for (day, kurus, text) in list {
        let _ = write!(
            out,
            "<Ntry><Amt Ccy=\"TRY\">{}</Amt><CdtDbtInd>{}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
             <BookgDt><Dt>{day}</Dt></BookgDt><NtryDtls><TxDtls><RmtInf><Ustrd>{text}</Ustrd></RmtInf>\
             </TxDtls></NtryDtls></Ntry>",
            decimal(kurus.abs()),
            side(*kurus)
        );
    }
    out + "</Stmt></BkToCstmrStmt></Document>"
}

fn ofx(list: &[Movement], closing: i64) -> String {
    let mut out = format!(
        "OFXHEADER:100\n\n<OFX><STMTRS><CURDEF>TRY\n<BANKACCTFROM><ACCTID>{IBAN}</BANKACCTFROM>"
    );
    for (index, (day, kurus, text)) in list.iter().enumerate() {
        let _ = writeln!(
            out,
            "<STMTTRN><DTPOSTED>{}<TRNAMT>{}<FITID>{index}<NAME>{text}</STMTTRN>",
            day.format("%Y%m%d"),
            decimal(*kurus)
        );
    }
    out + &format!("<LEDGERBAL><BALAMT>{}</LEDGERBAL></STMTRS></OFX>", decimal(closing))
}

fn csv(list: &[Movement], opening: i64, newest_first: bool) -> String {
    let mut balance = opening;
    let mut rows = Vec::new();
    for (day, kurus, text) in list {
        balance += kurus;
        rows.push(format!(
            "{};{text};{};{}",
            day.format("%d.%m.%Y"),
            turkish(*kurus),
            turkish(balance)
        ));
    }
    if newest_first {
        rows.reverse();
    }
    format!("IBAN;{IBAN}\n\nTarih;Açıklama;Tutar;Bakiye\n{}\n", rows.join("\n"))
}

fn read(text: &str) -> BankStatementFields {
    let extraction = read_in_process(text.as_bytes(), &Context::default())
        .unwrap_or_else(|error| panic!("{error:?}: {text}"));
    match extraction.fields {
        Fields::BankStatement(fields) => *fields,
        other => panic!("{other:?}"),
    }
}

fn shape(fields: &BankStatementFields) -> Vec<Movement> {
    fields
        .transactions
        .iter()
        .map(|movement| {
            let kurus = (movement.amount * Decimal::ONE_HUNDRED).to_string();
            let kurus = kurus.split('.').next().unwrap().parse().unwrap();
            (movement.date, kurus, movement.description.clone().unwrap_or_default())
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_format_gives_back_what_was_written(
        list in movements(),
        opening in -1_000_000_000_i64..1_000_000_000,
        newest_first: bool,
    ) {
        let closing = opening + list.iter().map(|(_, kurus, _)| kurus).sum::<i64>();
        for (format, text) in [
            ("mt940", mt940(&list, opening, closing)),
            ("camt", camt(&list, opening, closing)),
            ("ofx", ofx(&list, closing)),
            ("csv", csv(&list, opening, newest_first)),
        ] {
            let fields = read(&text);
            let mut found = shape(&fields);
            if format == "csv" && newest_first {
                found.reverse();
            }
            prop_assert_eq!(&found, &list, "{}", format);
            prop_assert_eq!(fields.iban.as_deref(), Some(IBAN), "{}", format);
            if format != "ofx" {
                prop_assert_eq!(fields.starting_balance, Some(decimal(opening)), "{}", format);
            }
            prop_assert_eq!(fields.ending_balance, Some(decimal(closing)), "{}", format);
            let keys: std::collections::HashSet<_> =
                fields.transactions.iter().map(|movement| movement.key.clone()).collect();
            prop_assert_eq!(keys.len(), list.len(), "{}", format);
        }
    }

    #[test]
    fn a_prefix_of_a_file_has_the_same_keys(list in movements(), cut in 0_usize..30) {
        // Banks hand out whole days, so the cut is between two.
        let day = list[cut % list.len()].0;
        let part: Vec<Movement> = list.iter().filter(|(own, ..)| *own <= day).cloned().collect();
        let keys = |list: &[Movement]| -> Vec<String> {
            let fields = read(&camt(list, 0, 0));
            fields.transactions.into_iter().filter_map(|movement| movement.key).collect()
        };
        let (whole, part) = (keys(&list), keys(&part));
        prop_assert_eq!(&whole[..part.len()], &part[..]);
    }
}
