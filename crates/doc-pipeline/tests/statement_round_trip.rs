//! What is printed in a format and read again is what was printed.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::{
    fmt::Write as _,
    io::{Cursor, Write as _},
};

use chrono::NaiveDate;
use doc_pipeline::{Context, Fields, fields::BankStatementFields, read_in_process};
use proptest::prelude::*;
use rust_decimal::Decimal;
use zip::{ZipWriter, write::SimpleFileOptions};

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

/// A workbook with typed amounts and texts within their cells.
fn xlsx(list: &[Movement], opening: i64) -> Vec<u8> {
    let text = |column: char, row: usize, text: &str| {
        format!("<c r=\"{column}{row}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
    };
    let number = |column: char, row: usize, kurus: i64| {
        format!("<c r=\"{column}{row}\"><v>{}</v></c>", decimal(kurus))
    };
    let mut rows = format!("<row r=\"1\">{}{}</row>", text('A', 1, "IBAN"), text('B', 1, IBAN));
    let heads = ["Tarih", "Açıklama", "Tutar", "Bakiye"].into_iter().zip('A'..);
    let heads: String = heads.map(|(head, column)| text(column, 3, head)).collect();
    let _ = write!(rows, "<row r=\"3\">{heads}</row>");
    let mut balance = opening;
    for (row, (day, kurus, words)) in (4..).zip(list) {
        balance += kurus;
        let day = text('A', row, &day.format("%d.%m.%Y").to_string());
        let (amount, left) = (number('C', row, *kurus), number('D', row, balance));
        let _ = write!(rows, "<row r=\"{row}\">{day}{}{amount}{left}</row>", text('B', row, words));
    }
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let types = "http://schemas.openxmlformats.org/package/2006/content-types";
    let links = "http://schemas.openxmlformats.org/package/2006/relationships";
    let kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let link = |kind: &str, target: &str| {
        format!(
            "<Relationships xmlns=\"{links}\"><Relationship Id=\"rId1\" Type=\"{kinds}/{kind}\" \
             Target=\"{target}\"/></Relationships>"
        )
    };
    let parts = [
        ("[Content_Types].xml", format!("<Types xmlns=\"{types}\"/>")),
        ("_rels/.rels", link("officeDocument", "xl/workbook.xml")),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{kinds}\"><sheets><sheet name=\"S\" sheetId=\"1\" \
                 r:id=\"rId1\"/></sheets></workbook>"
            ),
        ),
        ("xl/_rels/workbook.xml.rels", link("worksheet", "worksheets/sheet1.xml")),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>"),
        ),
    ];
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in parts {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(part.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn read(bytes: &[u8]) -> BankStatementFields {
    let extraction = read_in_process(bytes, &Context::default())
        .unwrap_or_else(|error| panic!("{error:?}: {}", String::from_utf8_lossy(bytes)));
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
        for (format, bytes) in [
            ("mt940", mt940(&list, opening, closing).into_bytes()),
            ("camt", camt(&list, opening, closing).into_bytes()),
            ("ofx", ofx(&list, closing).into_bytes()),
            ("csv", csv(&list, opening, newest_first).into_bytes()),
            ("xlsx", xlsx(&list, opening)),
        ] {
            let fields = read(&bytes);
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
            let fields = read(camt(list, 0, 0).as_bytes());
            fields.transactions.into_iter().filter_map(|movement| movement.key).collect()
        };
        let (whole, part) = (keys(&list), keys(&part));
        prop_assert_eq!(&whole[..part.len()], &part[..]);
    }
}
