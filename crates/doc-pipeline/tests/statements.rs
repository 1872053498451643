//! Statement files of banks in every format: all movements, their signs, balances, order and keys.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "tests read files, say what they skip and fail by panicking"
)]

mod statement_files;

use std::collections::HashSet;

use chrono::NaiveDate;
use doc_pipeline::{
    Context, Extraction, Fields, Media, ReadError, evidence::Check, fields::BankStatementFields,
    message, read_in_process,
};
use rust_decimal::Decimal;
use serde_json::Value;
use statement_files::{files, json, other_peoples, own, read_file};

fn read(bytes: &[u8]) -> Extraction {
    read_in_process(bytes, &Context::default()).unwrap_or_else(|error| panic!("{error:?}"))
}

fn statement(extraction: &Extraction) -> &BankStatementFields {
    match &extraction.fields {
        Fields::BankStatement(fields) => fields,
        other => panic!("{other:?}"),
    }
}

fn codes(extraction: &Extraction) -> Vec<&str> {
    extraction.findings.iter().map(|finding| finding.code.as_str()).collect()
}

fn money(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// The movements oldest first, as the truth lists them.
fn holds(file: &str, truth: &str) {
    let extraction = read(&read_file(&own(file)));
    let fields = statement(&extraction);
    let truth = json(&own(truth));
    let text = |of: &Value, key: &str| of[key].as_str().map(str::to_owned);
    let wanted = truth["transactions_chronological"].as_array().unwrap();
    assert_eq!(fields.transactions.len(), wanted.len(), "{file}");
    assert_eq!(fields.starting_balance, Some(money("1000.00")), "{file}");
    assert_eq!(fields.ending_balance, Some(money("1201792.19")), "{file}");
    assert_eq!(fields.currency.map(|code| code.as_str().to_owned()), text(&truth, "currency"));
    let mut movements: Vec<_> = fields.transactions.iter().collect();
    if fields.transactions.first().unwrap().date > fields.transactions.last().unwrap().date {
        movements.reverse();
    }
    for (movement, wanted) in movements.iter().zip(wanted) {
        assert_eq!(Some(movement.date.to_string()), text(wanted, "date"), "{file}");
        assert_eq!(Some(movement.amount), text(wanted, "amount").map(|a| money(&a)), "{file}");
        if !file.contains("ascii") {
            assert_eq!(movement.description, text(wanted, "description"), "{file}");
        }
        if movement.reference.is_some() {
            assert_eq!(movement.reference, text(wanted, "reference"), "{file}");
        }
        if movement.balance.is_some() {
            let balance = text(wanted, "balance_after").map(|a| money(&a));
            assert_eq!(movement.balance, balance, "{file}");
        }
    }
    let keys: HashSet<_> = fields.transactions.iter().map(|m| m.key.clone().unwrap()).collect();
    assert_eq!(keys.len(), wanted.len(), "{file}: the two equal fees are two");
    let tied = &extraction.evidence["/endingBalance"];
    assert_eq!(tied.passed, [Check::OpeningPlusMovementsIsClosing], "{file}");
    assert!(extraction.evidence.values().all(|known| !known.needs_review), "{file}");
}

#[test]
fn a_file_that_ends_within_its_statement_is_said_and_left_for_review() {
    let whole = ":20:X\r\n:25:1\r\n:28C:1/1\r\n:60F:C260101TRY0,00\r\n:61:2601020102C5,00NTRFA\r\n\
                 :86:GELEN\r\n:62F:C260102TRY5,00\r\n-";
    let ofx = "OFXHEADER:100\n\n<OFX><STMTRS><CURDEF>TRY<BANKACCTFROM><ACCTID>1</BANKACCTFROM><STMTTRN>\
               <DTPOSTED>20260102<TRNAMT>5.00<FITID>1<NAME>GELEN</STMTTRN></STMTRS></OFX>";
    for (file, end) in [(whole, ":62F:"), (ofx, "</STMTRS>")] {
        let sound = read(file.as_bytes());
        assert!(!codes(&sound).contains(&"FILE_INCOMPLETE"), "{:?}", sound.findings);
        let cut = read(file.split(end).next().unwrap().as_bytes());
        assert_eq!(statement(&cut).transactions.len(), 1);
        assert!(codes(&cut).contains(&"FILE_INCOMPLETE"), "{:?}", cut.findings);
        assert!(cut.evidence["/transactions"].needs_review);
    }
}

#[test]
fn turkish_layouts_are_found_by_their_headings() {
    for layout in [
        "akbank-10satir-7kolon",
        "akbank-9satir-6kolon",
        "enpara-11satir",
        "garanti-etiketli",
        "yapikredi-11satir",
        "ziraat-12satir",
    ] {
        holds(&format!("tr-banks/{layout}.xlsx"), &format!("tr-banks/{layout}.expected.json"));
    }
    holds("tr-banks/isbankasi-16satir.xls", "tr-banks/isbankasi-16satir.expected.json");
}

#[test]
fn tables_hold_whatever_they_came_in() {
    for file in [
        "generic-borc-alacak-utf8bom.csv",
        "generic-borc-alacak-iso8859-9.csv",
        "html-disguised.xls",
    ] {
        holds(&format!("tr-banks/{file}"), "tr-banks/generic-borc-alacak.expected.json");
    }
}

#[test]
fn damaged_workbooks_give_the_rows_of_their_sound_twins() {
    holds("tr-banks/akbank-yanlis-dimension.xlsx", "tr-banks/akbank-10satir-7kolon.expected.json");
    holds("tr-banks/ziraat-bozuk-styles.xlsx", "tr-banks/ziraat-12satir.expected.json");
}

#[test]
fn heads_of_tables_are_read() {
    let extraction = read(&read_file(&own("tr-banks/yapikredi-11satir.xlsx")));
    let fields = statement(&extraction);
    assert_eq!(fields.iban.as_deref(), Some("TR380006700000005234567890"));
    assert_eq!(fields.bank_name.as_deref(), Some("Yapı Kredi"));
    assert_eq!(extraction.evidence["/iban"].passed, [Check::IbanDigits]);
    assert_eq!(fields.transactions.first().unwrap().time.as_deref(), Some("14:00"));
}

#[test]
fn spending_of_a_card_is_money_out() {
    let extraction = read(&read_file(&own("tr-banks/akbank-kart-cp1254.csv")));
    let fields = statement(&extraction);
    let amounts: Vec<String> = fields.transactions.iter().map(|m| m.amount.to_string()).collect();
    assert_eq!(amounts, ["-150.00", "-800.00", "-800.00", "2000.00"]);
    assert!(codes(&extraction).contains(&"TEXT_ENCODING_ASSUMED"), "{:?}", codes(&extraction));
    assert!(codes(&extraction).contains(&"ACCOUNT_MISSING"), "{:?}", codes(&extraction));
}

#[test]
fn turkish_mt940_is_read_in_every_encoding() {
    for encoding in ["cp1254", "utf8", "ascii"] {
        holds(
            &format!("mt940/try-funds-code-{encoding}.sta"),
            "mt940/try-funds-code.expected.json",
        );
    }
    let extraction = read(&read_file(&own("mt940/try-funds-code-utf8.sta")));
    assert_eq!(statement(&extraction).account_number.as_deref(), Some("00046-00372/666009999"));
    assert_eq!(extraction.media, Media::Mt940);
}

#[test]
fn a_balance_that_does_not_add_up_is_said() {
    let extraction = read(&read_file(&own("mt940/try-balance-broken.sta")));
    assert!(codes(&extraction).contains(&"STATEMENT_BALANCES_DIFFER"));
    assert!(extraction.evidence["/endingBalance"].needs_review);
    assert_eq!(
        statement(&extraction).transactions.len(),
        6,
        "the movements are shown all the same"
    );
}

#[test]
fn camt_is_read() {
    holds("camt/camt053-001-08-try.xml", "camt/camt053-001-08-try.expected.json");
}

fn mt940(body: &str) -> Extraction {
    read(format!(":20:X\n:25:TR360004600000001234567890\n{body}\n-\n").as_bytes())
}

#[test]
fn an_account_may_follow_the_code_of_its_bank() {
    let extraction = read(
        b":20:X\n:25:TBNKTRIS/TR360004600000001234567890\n:60F:C260823TRY100,00\n\
          :61:260824C30,00NTRFA\n:62F:C260824TRY130,00\n-\n",
    );
    assert_eq!(statement(&extraction).iban.as_deref(), Some("TR360004600000001234567890"));
}

#[test]
fn a_balance_of_the_day_is_a_balance() {
    let extraction = read(
        "Tarih;Açıklama;İşlem Tutarı (TRY);Güncel Bakiye (TRY)\n\
         02-03-2026 10:30;GELEN EFT;1.250,00;2.250,00\n\
         03-03-2026 11:30;KİRA;(250,00);2.000,00\n"
            .as_bytes(),
    );
    let balances: Vec<_> =
        statement(&extraction).transactions.iter().map(|movement| movement.balance).collect();
    assert_eq!(balances, [Some(money("2250.00")), Some(money("2000.00"))]);
}

#[test]
fn reversals_take_back() {
    let extraction = mt940(
        ":60F:C260823TRY100,00\n:61:260824RC30,00NTRFA\n:61:260824RDY20,00NTRFB\n:62F:C260824TRY90,00",
    );
    let amounts: Vec<_> = statement(&extraction)
        .transactions
        .iter()
        .map(|movement| (movement.amount.to_string(), movement.reversal))
        .collect();
    assert_eq!(amounts, [("-30.00".to_owned(), true), ("20.00".to_owned(), true)]);
    assert_eq!(codes(&extraction), [""; 0]);
}

#[test]
fn days_of_an_account_are_joined_and_a_gap_is_said() {
    let day = |day: u32, opening: &str, closing: &str| {
        format!(
            ":20:{day}\n:25:TR360004600000001234567890\n:60F:C2608{day}TRY{opening}\n\
             :61:2608{day}C10,NTRFR{day}\n:62F:C2608{day}TRY{closing}\n-\n"
        )
    };
    let whole = read(format!("{}{}", day(10, "0,", "10,"), day(11, "10,", "20,")).as_bytes());
    assert_eq!(codes(&whole), [""; 0]);
    assert_eq!(statement(&whole).transactions.len(), 2);
    assert_eq!(statement(&whole).ending_balance, Some(money("20")));
    let gap = read(format!("{}{}", day(10, "0,", "10,"), day(12, "25,", "35,")).as_bytes());
    assert_eq!(codes(&gap), ["STATEMENT_GAP", "STATEMENT_BALANCES_DIFFER"]);
}

#[test]
fn several_accounts_keep_their_own_currency() {
    let text = ":20:A\n:25:TR360004600000001234567890\n:60F:C260823TRY1,\n:62F:C260823TRY1,\n-\n\
                :20:B\n:25:0046-2\n:60F:C260823USD5,\n:61:260824D2,NTRFX\n:62F:C260824USD3,\n-\n";
    let extraction = read(text.as_bytes());
    let fields = statement(&extraction);
    assert_eq!(fields.currency, None);
    let codes_of: Vec<_> =
        fields.statements.iter().map(|s| s.currency.map(|c| c.as_str().to_owned())).collect();
    assert_eq!(codes_of, [Some("TRY".to_owned()), Some("USD".to_owned())]);
    let movement = fields.transactions.first().unwrap();
    assert_eq!(movement.currency.map(|c| c.as_str().to_owned()), Some("USD".to_owned()));
    assert_eq!(movement.account.as_deref(), Some("0046-2"));
    assert_eq!(codes(&extraction), ["SEVERAL_ACCOUNTS"]);
}

#[test]
fn what_cannot_be_read_of_mt940_is_said() {
    let extraction = mt940(
        ":60F:C2608\n:61:260230C5,NTRFA\n:61:xyz\n:61:260824EC7,NTRFB\n:99:unknown\n:90C:1TRY9,00",
    );
    let codes = codes(&extraction);
    for code in [
        "AMOUNT_UNREADABLE",
        "MOVEMENT_DATE_MOVED",
        "MOVEMENTS_UNREADABLE",
        "MOVEMENTS_PENDING",
        "STATEMENT_FIELDS_UNKNOWN",
        "STATEMENT_SUMS_DIFFER",
    ] {
        assert!(codes.contains(&code), "{code}: {codes:?}");
    }
    assert_eq!(statement(&extraction).transactions.first().unwrap().date, day(2026, 2, 28));
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn camt(entries: &str) -> Extraction {
    let text = format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"><BkToCstmrStmt>\
         <GrpHdr><CreDtTm>2026-08-28T01:00:00</CreDtTm></GrpHdr><Stmt>\
         <Acct><Id><IBAN>TR670001000000002234567890</IBAN></Id><Ccy>TRY</Ccy></Acct>{entries}\
         </Stmt></BkToCstmrStmt></Document>"
    );
    read(text.as_bytes())
}

#[test]
fn camt_entries_of_every_version_are_read() {
    let extraction = camt(
        "<Ntry><Amt Ccy=\"TRY\">10.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><RvslInd>true</RvslInd>\
         <Sts>BOOK</Sts><BookgDt><DtTm>2026-08-24T09:12:00</DtTm></BookgDt><AcctSvcrRef>F1</AcctSvcrRef></Ntry>\
         <Ntry><Amt Ccy=\"TRY\">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts></Ntry>\
         <Ntry><Amt Ccy=\"TRY\">9.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
         <NtryDtls><TxDtls><Amt Ccy=\"TRY\">4.00</Amt><RltdPties><Dbtr><Pty><Nm>A</Nm></Pty></Dbtr></RltdPties></TxDtls>\
         <TxDtls><Amt Ccy=\"TRY\">6.00</Amt><RltdPties><Dbtr><Nm>B</Nm></Dbtr></RltdPties></TxDtls></NtryDtls></Ntry>\
         <Ntry><Amt Ccy=\"TRY\">1..0</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>\
         <BookgDt><Dt>2026-08-24</Dt></BookgDt></Ntry>\
         <Ntry><Amt Ccy=\"TRY\">0.12345</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>\
         <BookgDt><Dt>2026-08-24</Dt></BookgDt></Ntry>",
    );
    let fields = statement(&extraction);
    let first = fields.transactions.first().unwrap();
    assert_eq!(first.amount, money("-10.00"), "the indicator is the entry's own");
    assert!(first.reversal);
    assert_eq!(first.time.as_deref(), Some("09:12:00"));
    let batch = &fields.transactions[1];
    assert_eq!(batch.date, day(2026, 8, 28));
    let names: Vec<_> =
        batch.details.iter().filter_map(|payment| payment.counterparty_name.clone()).collect();
    assert_eq!(names, ["A", "B"]);
    let codes = codes(&extraction);
    for code in [
        "MOVEMENTS_PENDING",
        "MOVEMENTS_UNREADABLE",
        "MOVEMENT_DATE_ASSUMED",
        "BATCH_SUM_DIFFERS",
        "AMOUNT_PRECISION",
    ] {
        assert!(codes.contains(&code), "{code}: {codes:?}");
    }
}

#[test]
fn equal_entries_without_a_balance_are_kept_and_said() {
    let entry = "<Ntry><Amt Ccy=\"TRY\">10.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts>\
                 <BookgDt><Dt>2026-08-24</Dt></BookgDt><AcctSvcrRef>F1</AcctSvcrRef></Ntry>";
    let extraction = camt(&entry.repeat(2));
    assert_eq!(statement(&extraction).transactions.len(), 2);
    assert_eq!(codes(&extraction), ["MOVEMENTS_REPEATED"]);
}

#[test]
fn overlapping_files_share_the_keys_of_what_they_share() {
    let file = |rows: &[&str]| {
        let head = "IBAN;TR36 0004 6000 0000 1234 5678 90\nTarih;Açıklama;Tutar;Fiş No\n";
        let extraction = read(format!("{head}{}", rows.join("\n")).as_bytes());
        statement(&extraction)
            .transactions
            .iter()
            .map(|movement| movement.key.clone().unwrap())
            .collect::<Vec<_>>()
    };
    let fee = "25.08.2026;ÜCRET;-12,60;";
    let first = file(&["24.08.2026;EFT;100,00;F1", fee, fee]);
    let second = file(&[fee, fee, "26.08.2026;EFT;100,00;F1"]);
    assert_eq!(first[1..], second[..2]);
    assert!(
        !first.contains(&second[2]),
        "the same receipt number on another day is another movement"
    );
    let newest_first = file(&[fee, fee, "24.08.2026;EFT;100,00;F1"]);
    assert_eq!(HashSet::<&String>::from_iter(&first), HashSet::from_iter(&newest_first));
}

#[test]
fn the_decimal_sign_is_the_columns() {
    let amounts = |rows: &str| {
        let extraction = read(format!("Date;Description;Amount;Balance\n{rows}").as_bytes());
        let amounts: Vec<String> =
            statement(&extraction).transactions.iter().map(|m| m.amount.to_string()).collect();
        (amounts, codes(&extraction).contains(&"DECIMAL_SIGN_AMBIGUOUS"))
    };
    let of = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    assert_eq!(amounts("2026-01-02;a;1.234;\n2026-01-03;b;1,5;"), (of(&["1234", "1.5"]), false));
    assert_eq!(amounts("2026-01-02;a;1.234;\n2026-01-03;b;2.50;"), (of(&["1.234", "2.50"]), false));
    assert_eq!(amounts("2026-01-02;a;1.234;"), (of(&["1234"]), true));
    // The balances say that 1.000 is a thousand.
    let rows = "2026-01-02;a;1.000;1.500\n2026-01-03;b;500;2.000\n2026-01-04;c;1;2.001";
    assert_eq!(amounts(rows), (of(&["1000", "500", "1"]), false));
}

#[test]
fn balances_say_the_signs_that_the_amounts_do_not() {
    let text = "Tarih;Açıklama;Tutar;Bakiye\n24.08.2026;A;100,00;1.100,00\n\
                25.08.2026;B;40,00;1.060,00\n26.08.2026;C;60,00;1.000,00";
    let extraction = read(text.as_bytes());
    let amounts: Vec<String> =
        statement(&extraction).transactions.iter().map(|m| m.amount.to_string()).collect();
    assert_eq!(amounts, ["100.00", "-40.00", "-60.00"]);
    let broken = text.replace("1.060,00", "1.060,01");
    let extraction = read(broken.as_bytes());
    assert!(codes(&extraction).contains(&"BALANCE_CHAIN_BROKEN"), "{:?}", codes(&extraction));
}

#[test]
fn ofx_of_both_kinds_is_read() {
    let sgml = "OFXHEADER:100\nCHARSET:1254\n\n<OFX><STMTRS><CURDEF>TRY\n<BANKACCTFROM><ACCTID>1</BANKACCTFROM>\
                <STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260825101112<TRNAMT>-12,60<FITID>F3<NAME>A &amp; B</STMTTRN>\
                <STMTTRN><DTPOSTED>x<TRNAMT>1</STMTTRN><LEDGERBAL><BALAMT>7.40</LEDGERBAL></STMTRS></OFX>";
    let xml = "<?xml version=\"1.0\"?><?OFX OFXHEADER=\"200\"?><OFX><STMTRS><CURDEF>TRY</CURDEF>\
               <BANKACCTFROM><ACCTID>1</ACCTID></BANKACCTFROM><STMTTRN><TRNTYPE>DEBIT</TRNTYPE>\
               <DTPOSTED>20260825101112</DTPOSTED><TRNAMT>-12.60</TRNAMT><FITID>F3</FITID>\
               <NAME>A &amp; B</NAME></STMTTRN><STMTTRN><DTPOSTED>x</DTPOSTED><TRNAMT>1</TRNAMT></STMTTRN>\
               <LEDGERBAL><BALAMT>7.40</BALAMT></LEDGERBAL></STMTRS></OFX>";
    let (sgml, xml) = (read(sgml.as_bytes()), read(xml.as_bytes()));
    assert_eq!(sgml.media, Media::Ofx);
    assert_eq!(sgml.fields, xml.fields);
    let movement = statement(&sgml).transactions.first().unwrap();
    assert_eq!(movement.amount, money("-12.60"));
    assert_eq!(movement.description.as_deref(), Some("A & B"));
    assert_eq!(movement.time.as_deref(), Some("10:11:12"));
    assert_eq!(codes(&sgml), ["MOVEMENTS_UNREADABLE"]);
}

#[test]
fn files_without_a_statement_are_refused_with_a_sentence() {
    let none = |bytes: &[u8]| read_in_process(bytes, &Context::default()).unwrap_err();
    for bytes in [
        b":20:\n:21:x\n".as_slice(),
        b"OFXHEADER:100\n<OFX></OFX>",
        b"<Document><BkToCstmrStmt><GrpHdr/></BkToCstmrStmt></Document>",
    ] {
        assert!(matches!(none(bytes), ReadError::NoStatement(_)), "{bytes:?}");
    }
    let forbidden = b"<!DOCTYPE a [<!ENTITY b 'c'>]><Document><BkToCstmrStmt/></Document>";
    assert_eq!(none(forbidden), ReadError::ForbiddenXml);
    for bytes in [b"1\n2\n3".as_slice(), b"Ad;Soyad\nA;B", b"<html><body>x</body></html>"] {
        let error = none(bytes);
        assert!(matches!(error, ReadError::Unsupported(_)), "{error:?}");
        assert!(message::for_error(&error).contains("tablosu"), "{}", message::for_error(&error));
    }
    let endless = format!(":20:X\n:25:1\n{}", ":61:260824C1,NTRFA\n".repeat(100_001));
    assert!(matches!(none(endless.as_bytes()), ReadError::LimitExceeded(_)));
}

/// What the fixtures' description says must become of files without a truth.
#[test]
fn real_samples_are_read_or_reported() {
    let Some(folder) = other_peoples("statements of other projects") else { return };
    let folder = folder.join("statements");
    let (mut read_ones, mut refused) = (0, Vec::new());
    for file in files(&folder) {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        match read_in_process(&read_file(&file), &Context::default()) {
            Ok(extraction) => {
                let fields = statement(&extraction);
                read_ones += 1;
                // Two balances and a difference: it is said.
                let sum: Decimal = fields.transactions.iter().map(|m| m.amount).sum();
                if let (Some(opening), Some(closing)) =
                    (fields.starting_balance, fields.ending_balance)
                {
                    let said = codes(&extraction)
                        .iter()
                        .any(|code| matches!(*code, "STATEMENT_BALANCES_DIFFER" | "STATEMENT_GAP"));
                    assert_eq!(opening + sum != closing, said, "{name}");
                }
            }
            Err(error) => {
                assert!(!error.is_retryable(), "{name}: {error:?}");
                refused.push(name);
            }
        }
    }
    let expected = [
        "bank_small.ofx",
        "camt053.v2.wrong.xml",
        "error_message.ofx",
        "self-provided__invalid_statement.sta",
        "signon_success.ofx",
    ];
    refused.sort();
    assert_eq!(refused, expected);
    assert!(read_ones >= 80, "{read_ones}");
    let of = |name: &str| read(&read_file(&folder.join(name)));
    for (name, code) in [
        ("camt/bankstatementparser/camt053_garbled_amount.xml", "MOVEMENTS_UNREADABLE"),
        ("csv/bankstatementparser/csv_garbled_amount.csv", "MOVEMENTS_UNREADABLE"),
        ("ofx/ofxparse/fail_nice__date_missing.ofx", "MOVEMENTS_UNREADABLE"),
        ("ofx/ofxparse/fail_nice__decimal_error.ofx", "MOVEMENTS_UNREADABLE"),
        ("mt940/mt940-rs/special__incomplete_tag_61.sta", "STATEMENT_BALANCES_DIFFER"),
        ("mt940/mt940-rs/special__unexpected_tag.sta", "ACCOUNT_MISSING"),
        ("mt940/mt940-rs/special__unknown_tag.sta", "STATEMENT_FIELDS_UNKNOWN"),
        ("mt940/mt940-rs/special__invalid_utf8.sta", "TEXT_ENCODING_ASSUMED"),
        ("mt940/mt940-rs/special__february_30.sta", "MOVEMENT_DATE_MOVED"),
    ] {
        let extraction = of(name);
        assert!(codes(&extraction).contains(&code), "{name}: {:?}", codes(&extraction));
    }
    let same_day = of("camt/bankstatementparser/camt053_duplicate_same_day.xml");
    assert_eq!(statement(&same_day).transactions.len(), 2);
}

#[test]
fn amounts_without_any_direction_are_said_and_left_for_review() {
    let read = |text: &str| read_in_process(text.as_bytes(), &Context::default()).unwrap();
    let unsigned = "Tarih;Açıklama;Tutar\n02.03.2026;KİRA;1.500,00\n03.03.2026;EFT;250,10\n";
    let found = read(unsigned);
    assert!(found.findings.iter().any(|finding| finding.code == "MOVEMENT_SIGNS_UNKNOWN"));
    assert!(found.evidence["/transactions"].needs_review);
    for told in [
        unsigned.replace("1.500,00", "-1.500,00"),
        unsigned.replace("1.500,00", "+1.500,00"),
        unsigned.replace(";Tutar", ";Tutar;B/A").replace(",00", ",00;B").replace(",10", ",10;A"),
        unsigned
            .replace(";Tutar", ";Tutar;Bakiye")
            .replace(",00", ",00;500,00")
            .replace("250,10", "250,10;750,10"),
    ] {
        let found = read(&told);
        let codes: Vec<&str> = found.findings.iter().map(|own| own.code.as_str()).collect();
        assert!(!codes.contains(&"MOVEMENT_SIGNS_UNKNOWN"), "{told}: {codes:?}");
    }
}

#[test]
fn a_letter_behind_the_currency_tells_the_direction() {
    let text = "Tarih;Açıklama;Tutar;Bakiye\n02.03.2026;KİRA;1.500,00 TL (B);500,00 TL (A)\n\
                03.03.2026;EFT;250,10 TL (A);750,10 TL (A)\n";
    let found = read_in_process(text.as_bytes(), &Context::default()).unwrap();
    let amounts: Vec<Decimal> =
        statement(&found).transactions.iter().map(|movement| movement.amount).collect();
    assert_eq!(amounts, [money("-1500.00"), money("250.10")]);
}
