//! Folders in which an office's programs and banks leave what they export.

use std::{fmt::Write as _, fs, path::PathBuf};

use chrono::NaiveDate;
use integrations::testing::Server;
use serde_json::{Value, json};

use super::{
    MANY, OFFICE, OTHER, OWN, Rows, Source, days_ago, invoice_row, kurus, lira, movement_row,
    nilvera::{ettn, ubl},
};

/// A folder of the office's storage.
pub(crate) struct Folder {
    path: PathBuf,
}

impl Folder {
    fn new(storage: &std::path::Path) -> Self {
        let path = storage.join(OFFICE).join("aktarim");
        fs::create_dir_all(&path).unwrap();
        Self { path }
    }

    /// As a program that exports: whole, under its name at once.
    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let being_written = self.path.with_extension("part");
        fs::write(&being_written, bytes).unwrap();
        fs::rename(being_written, self.path.join(name)).unwrap();
    }

    fn config() -> Value {
        json!({ "folder": "aktarim", "settleSeconds": 0, "currency": "TRY" })
    }
}

/// Statements of several banks, each in a format of its own.
pub(crate) struct Statements {
    folder: Folder,
    rows: Rows,
    csv: Vec<Movement>,
}

#[derive(Clone)]
struct Movement {
    day: NaiveDate,
    kurus: i64,
    text: String,
}

const CSV: &str = "TR330006100519786457841326";
const OFX: &str = "TR610006400000011018204715";
const MT940: &str = "TR560001000000042529160384";
const CAMT: &str = "TR360004600000001234567890";

fn movements(numbers: std::ops::Range<u32>) -> Vec<Movement> {
    let first = numbers.start;
    let many = numbers.len().max(1);
    numbers
        .map(|number| Movement {
            day: days_ago(300)
                + chrono::Days::new(u64::from(number - first) * 250 / u64::try_from(many).unwrap()),
            kurus: if number % 3 == 1 { -kurus(number) } else { kurus(number) },
            text: format!("Havale {number}"),
        })
        .collect()
}

fn turkish(kurus: i64) -> String {
    lira(kurus).replace('.', ",")
}

fn csv(list: &[Movement]) -> String {
    let mut text = format!("IBAN;{CSV}\nTarih;Açıklama;Tutar;Bakiye\n");
    let mut balance = 0;
    for one in list {
        balance += one.kurus;
        let (day, amount) = (one.day.format("%d.%m.%Y"), turkish(one.kurus));
        writeln!(text, "{day};{};{amount};{}", one.text, turkish(balance)).unwrap();
    }
    text
}

fn ofx(list: &[Movement]) -> String {
    let mut text = format!(
        "OFXHEADER:100\nDATA:OFXSGML\nCHARSET:1254\n\n<OFX><STMTRS><CURDEF>TRY\n<BANKACCTFROM><ACCTID>{OFX}</BANKACCTFROM>\
         <BANKTRANLIST>\n"
    );
    for one in list {
        let kind = if one.kurus < 0 { "DEBIT" } else { "CREDIT" };
        let id = one.text.replace("Havale ", "F");
        writeln!(
            text,
            "<STMTTRN><TRNTYPE>{kind}<DTPOSTED>{}<TRNAMT>{}<FITID>{id}<NAME>{}</STMTTRN>",
            one.day.format("%Y%m%d"),
            lira(one.kurus),
            one.text
        )
        .unwrap();
    }
    text + "</BANKTRANLIST></STMTRS></OFX>\n"
}

fn mt940(list: &[Movement]) -> String {
    let balance = |kurus: i64| {
        let mark = if kurus < 0 { 'D' } else { 'C' };
        format!("{mark}260101TRY{}", turkish(kurus.abs()))
    };
    let mut text = format!(":20:X\r\n:25:{MT940}\r\n:28C:1/1\r\n:60F:{}\r\n", balance(0));
    for one in list {
        let mark = if one.kurus < 0 { "D" } else { "C" };
        let (value, booked) = (one.day.format("%y%m%d"), one.day.format("%m%d"));
        let amount = turkish(one.kurus.abs());
        write!(text, ":61:{value}{booked}{mark}{amount}NTRFNONREF\r\n:86:{}\r\n", one.text)
            .unwrap();
    }
    let closing = list.iter().map(|one| one.kurus).sum();
    text + &format!(":62F:{}\r\n-\r\n", balance(closing))
}

fn camt(list: &[Movement]) -> String {
    let side = |kurus: i64| if kurus < 0 { "DBIT" } else { "CRDT" };
    let mut text = format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><Stmt><Acct><Id>\
         <IBAN>{CAMT}</IBAN></Id></Acct>"
    );
    for one in list {
        write!(
            text,
            "<Ntry><Amt Ccy=\"TRY\">{}</Amt><CdtDbtInd>{}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{}</Dt>\
             </BookgDt><AcctSvcrRef>R{}</AcctSvcrRef><NtryDtls><TxDtls><RmtInf><Ustrd>{}</Ustrd></RmtInf></TxDtls>\
             </NtryDtls></Ntry>",
            lira(one.kurus.abs()),
            side(one.kurus),
            one.day,
            one.text.replace("Havale ", ""),
            one.text
        )
        .unwrap();
    }
    text + "</Stmt></BkToCstmrStmt></Document>"
}

/// A workbook of a bank, invented, with what is in it.
fn workbook(name: &str) -> (Vec<u8>, Value) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../crates/doc-pipeline/tests/fixtures/statements/tr-banks");
    let (stem, _) = name.rsplit_once('.').unwrap();
    let truth = fs::read(folder.join(format!("{stem}.expected.json"))).unwrap();
    (fs::read(folder.join(name)).unwrap(), serde_json::from_slice(&truth).unwrap())
}

impl Statements {
    pub(crate) fn new(storage: &std::path::Path) -> Self {
        let mut statements =
            Self { folder: Folder::new(storage), rows: Rows::new(), csv: movements(0..8_000) };
        let (ofx_list, mt940_list) = (movements(8_000..15_000), movements(15_000..21_000));
        let camt_list = movements(21_000..MANY - 12);
        statements.folder.put("a-mart.csv", csv(&statements.csv));
        statements.folder.put("b.ofx", ofx(&ofx_list));
        statements.folder.put("c.sta", mt940(&mt940_list));
        statements.folder.put("d.xml", camt(&camt_list));
        let csv = statements.csv.clone();
        for (list, iban) in [(csv, CSV), (ofx_list, OFX), (mt940_list, MT940), (camt_list, CAMT)] {
            for one in list {
                statements.expect(&one.text, one.day, one.kurus, iban);
            }
        }
        for name in ["isbankasi-16satir.xls", "ziraat-12satir.xlsx"] {
            let (bytes, truth) = workbook(name);
            statements.folder.put(&format!("e-{name}"), bytes);
            for one in truth["transactions_chronological"].as_array().unwrap() {
                let text = |key: &str| one[key].as_str().unwrap().to_owned();
                let kurus = text("amount").replace('.', "").parse().unwrap();
                let (day, iban) = (text("date").parse().unwrap(), truth["iban"].as_str().unwrap());
                statements.expect(&text("description"), day, kurus, iban);
            }
        }
        statements
    }

    fn expect(&mut self, text: &str, day: NaiveDate, kurus: i64, iban: &str) {
        let mut key = text.to_owned();
        while self.rows.contains_key(&key) {
            key.push('\'');
        }
        self.rows.insert(key, movement_row(day, kurus, iban));
    }

    fn export_longer(&mut self, numbers: std::ops::Range<u32>) {
        let last = self.csv.last().unwrap().day;
        for mut one in movements(numbers) {
            one.day = last;
            self.expect(&one.text, one.day, one.kurus, CSV);
            self.csv.push(one);
        }
        self.folder.put("a-mart.csv", csv(&self.csv));
    }
}

impl Source for Statements {
    const CODE: &'static str = "FILE_DROP";
    const JOB: &'static str = "pull_bank_transactions";

    fn config(&self) -> Value {
        Folder::config()
    }

    fn server(&self) -> Option<&Server> {
        None
    }

    fn rows(&self) -> Rows {
        self.rows.clone()
    }

    fn disturb(&mut self) {
        // The file that is being read is exported anew, and longer.
        self.export_longer(MANY..MANY + 10);
    }

    fn go_on(&mut self) {
        self.export_longer(MANY + 10..MANY + 13);
        // The same movements under another name are no new ones.
        self.folder.put("f-kopya.csv", csv(&self.csv));
    }
}

/// e-Fatura files.
pub(crate) struct Invoices {
    folder: Folder,
    rows: Rows,
}

impl Invoices {
    pub(crate) fn new(storage: &std::path::Path) -> Self {
        let mut invoices = Self { folder: Folder::new(storage), rows: Rows::new() };
        // A file each: three pages.
        for number in 0..3_000 {
            invoices.put(number, number);
        }
        invoices
    }

    fn put(&mut self, number: u32, amount: u32) {
        let (id, day, net) = (ettn(number), days_ago(u64::from(number % 50) + 5), kurus(amount));
        let (kind, parties) = if number.is_multiple_of(4) {
            ("SATIŞ", [OWN, OTHER])
        } else {
            ("ALIŞ", [OTHER, OWN])
        };
        self.folder.put(&format!("{number:05}.xml"), ubl(&id, number, day, net, parties));
        self.rows.insert(id, invoice_row(day, kind, net, 2, OTHER));
    }
}

impl Source for Invoices {
    const CODE: &'static str = "FILE_DROP";
    const JOB: &'static str = "pull_invoices";

    fn config(&self) -> Value {
        Folder::config()
    }

    fn server(&self) -> Option<&Server> {
        None
    }

    fn rows(&self) -> Rows {
        self.rows.clone()
    }

    fn disturb(&mut self) {
        // Replaced: one that was read, one that was not; and a new one in front of those that are left.
        self.put(3, 100_003);
        self.put(2_990, 100_004);
        self.put(3_001, 3_001);
    }

    fn go_on(&mut self) {
        self.put(3_002, 3_002);
        self.put(17, 100_005);
    }
}
