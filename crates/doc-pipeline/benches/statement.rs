//! How fast statement files are read, end to end (type, encoding, fields, keys, evidence), and that the
//! time grows with the size: `cargo bench -p doc-pipeline --bench statement`.
#![allow(missing_docs, reason = "criterion's macros make public items")]
#![allow(clippy::expect_used, reason = "a bench without its files has nothing to measure")]

use std::{
    fmt::Write as _,
    hint::black_box,
    io::{Cursor, Write as _},
};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use doc_pipeline::{Context, read_in_process};
use zip::{ZipWriter, write::SimpleFileOptions};

/// Days of 50 movements each, as banks send them.
fn mt940(movements: usize) -> String {
    let mut out = String::new();
    for day in 0..movements / 50 {
        let _ = write!(
            out,
            ":20:TRY{day:06}\r\n:25:TR360004600000001234567890\r\n:28C:{day}/1\r\n:60F:C260823TRY1000,00\r\n"
        );
        for row in 0..50 {
            let _ = write!(
                out,
                ":61:2608240824CY000000025000,00NTRFNONREF//F{day:05}{row:02}\r\n:86:GELEN FAST - ÖRNEK İNŞAAT LTD ŞTİ - SORGU NO {row:09}\r\n"
            );
        }
        out.push_str(":62F:C260823TRY1251000,00\r\n-\r\n");
    }
    out
}

fn camt(movements: usize) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><Stmt><Acct><Id><IBAN>TR670001000000002234567890</IBAN></Id><Ccy>TRY</Ccy></Acct>",
    );
    for row in 0..movements {
        let _ = write!(
            out,
            "<Ntry><NtryRef>{row}</NtryRef><Amt Ccy=\"TRY\">25000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-08-24</Dt></BookgDt><ValDt><Dt>2026-08-24</Dt></ValDt><AcctSvcrRef>F{row:07}</AcctSvcrRef><BkTxCd><Prtry><Cd>FAST</Cd></Prtry></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>E{row:07}</EndToEndId></Refs><RmtInf><Ustrd>GELEN FAST - ÖRNEK İNŞAAT</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
        );
    }
    out.push_str("</Stmt></BkToCstmrStmt></Document>");
    out
}

fn ofx(movements: usize) -> String {
    let mut out = String::from(
        "OFXHEADER:100\n\n<OFX><STMTRS><CURDEF>TRY<BANKACCTFROM><ACCTID>1</BANKACCTFROM>",
    );
    for row in 0..movements {
        let _ = writeln!(
            out,
            "<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260824<TRNAMT>25000.00<FITID>F{row:07}<NAME>GELEN FAST - ORNEK</STMTTRN>"
        );
    }
    out.push_str("</STMTRS></OFX>");
    out
}

fn csv(movements: usize) -> String {
    let mut out = String::from("Tarih;Açıklama;Tutar;Bakiye;Fiş No\n");
    for row in 0..movements {
        let _ = writeln!(
            out,
            "24.08.2026;GELEN FAST - ÖRNEK İNŞAAT;1.000,00;{}.000,00;F{row:07}",
            row + 1
        );
    }
    out
}

/// A workbook as exporters write it: shared strings, typed numbers.
fn xlsx(rows: usize) -> Vec<u8> {
    let mut sheet = String::from(
        "<?xml version=\"1.0\"?><worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData><row r=\"1\">",
    );
    let mut strings: Vec<String> = ["Tarih", "Açıklama", "Tutar", "Bakiye", "Fiş No"]
        .iter()
        .map(|head| (*head).to_owned())
        .collect();
    for column in 0..5 {
        let _ = write!(sheet, "<c r=\"{}1\" t=\"s\"><v>{column}</v></c>", letter(column));
    }
    sheet.push_str("</row>");
    strings.push("24.08.2026".to_owned());
    for row in 0..rows {
        let number = row + 2;
        let text = strings.len();
        strings.push(format!("GELEN FAST - ÖRNEK İNŞAAT {row}"));
        strings.push(format!("F{row:07}"));
        let _ = write!(
            sheet,
            "<row r=\"{number}\"><c r=\"A{number}\" t=\"s\"><v>5</v></c><c r=\"B{number}\" t=\"s\"><v>{text}</v></c><c r=\"C{number}\"><v>1000.5</v></c><c r=\"D{number}\"><v>{}.5</v></c><c r=\"E{number}\" t=\"s\"><v>{}</v></c></row>",
            row * 1000,
            text + 1
        );
    }
    sheet.push_str("</sheetData></worksheet>");
    let mut shared = String::from(
        "<?xml version=\"1.0\"?><sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">",
    );
    for text in &strings {
        let _ = write!(shared, "<si><t>{text}</t></si>");
    }
    shared.push_str("</sst>");
    let parts: [(&str, &str); 6] = [
        (
            "[Content_Types].xml",
            "<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>",
        ),
        (
            "_rels/.rels",
            "<?xml version=\"1.0\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>",
        ),
        (
            "xl/workbook.xml",
            "<?xml version=\"1.0\"?><workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            "<?xml version=\"1.0\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>",
        ),
        ("xl/sharedStrings.xml", &shared),
        ("xl/worksheets/sheet1.xml", &sheet),
    ];
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(name, SimpleFileOptions::default()).expect("an entry");
        zip.write_all(content.as_bytes()).expect("its content");
    }
    zip.finish().expect("a workbook").into_inner()
}

fn letter(column: u8) -> char {
    char::from(b'A' + column)
}

fn statements(criterion: &mut Criterion) {
    type Make = fn(usize) -> Vec<u8>;
    let context = Context::default();
    let formats: [(&str, Make); 5] = [
        ("mt940", |rows| mt940(rows).into_bytes()),
        ("camt", |rows| camt(rows).into_bytes()),
        ("ofx", |rows| ofx(rows).into_bytes()),
        ("csv", |rows| csv(rows).into_bytes()),
        ("xlsx", xlsx),
    ];
    for (name, make) in formats {
        let mut group = criterion.benchmark_group(name);
        group.sample_size(20);
        // Twice the movements take twice the time: the rate stays.
        for rows in [5_000, 10_000, 20_000, 40_000] {
            let bytes = make(rows);
            group.throughput(Throughput::Bytes(bytes.len() as u64));
            group.bench_with_input(BenchmarkId::from_parameter(rows), &bytes, |bencher, bytes| {
                bencher.iter(|| read_in_process(black_box(bytes), &context).expect("readable"));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, statements);
criterion_main!(benches);
