//! Findings of e-documents that no other test raises, and that every finding is raised by some test.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "tests read files, say what they skip and fail by panicking"
)]

mod einvoice_files;

use std::path::{Path, PathBuf};

use doc_pipeline::{Context, message, read_in_process};
use einvoice_files::{einvoices, read_file};

const PLAIN: &str = "temel-satis-kdv20-2023.xml";
const WITHHELD: &str = "tevkifat-brut-diyalekt.xml";

/// The codes of a synthetic document after these changes, each of which must apply.
fn codes(name: &str, changes: &[(&str, &str)], context: &Context) -> Vec<String> {
    let bytes = read_file(&einvoices(&format!("synthetic/{name}")));
    let mut text = String::from_utf8(bytes).unwrap();
    for (from, to) in changes {
        assert!(text.contains(from), "{name} has no {from}");
        text = text.replacen(from, to, 1);
    }
    let read = read_in_process(text.as_bytes(), context).unwrap();
    read.findings.into_iter().map(|finding| finding.code).collect()
}

fn raises(code: &str, name: &str, changes: &[(&str, &str)]) {
    let before = codes(name, &[], &Context::default());
    assert!(!before.iter().any(|found| found == code), "{name} raises {code} already");
    let after = codes(name, changes, &Context::default());
    assert!(after.iter().any(|found| found == code), "{code}: {after:?}");
}

#[test]
fn taxes() {
    // No rate, and an amount that no rate leads to.
    raises(
        "KDV_RATE_MISSING",
        PLAIN,
        &[
            ("<cbc:Percent>20</cbc:Percent>", ""),
            ("<cbc:Percent>20</cbc:Percent>", ""),
            (
                "currencyID=\"TRY\">24.69</cbc:TaxAmount><cac:TaxSubtotal>",
                "currencyID=\"TRY\">31.00</cbc:TaxAmount><cac:TaxSubtotal>",
            ),
            (
                "123.45</cbc:TaxableAmount><cbc:TaxAmount currencyID=\"TRY\">24.69<",
                "123.45</cbc:TaxableAmount><cbc:TaxAmount currencyID=\"TRY\">31.00<",
            ),
        ],
    );
    let line = "<cac:InvoiceLine>";
    let text = String::from_utf8(read_file(&einvoices(&format!("synthetic/{PLAIN}")))).unwrap();
    let (head, lines) = text.split_once(line).unwrap();
    let text = format!("{head}{line}{}", lines.replace(">24.69<", ">23.69<"));
    let read = read_in_process(text.as_bytes(), &Context::default()).unwrap();
    assert!(read.findings.iter().any(|finding| finding.code == "LINE_KDV_SUM_MISMATCH"));
    raises(
        "WITHHOLDING_AMOUNT_MISMATCH",
        WITHHELD,
        &[(
            "4000.00</cbc:TaxableAmount><cbc:TaxAmount currencyID=\"TRY\">3600.00<",
            "4000.00</cbc:TaxableAmount><cbc:TaxAmount currencyID=\"TRY\">3500.00<",
        )],
    );
    raises(
        "OTV_WITHHOLDING_INCOMPLETE",
        PLAIN,
        &[("<cbc:TaxTypeCode>0015<", "<cbc:TaxTypeCode>4171<")],
    );
}

#[test]
fn parties_and_accounts() {
    let id = "<cbc:ID schemeID=\"VKN\">9876543217</cbc:ID>";
    raises(
        "TAX_NUMBER_AMBIGUOUS",
        PLAIN,
        &[(
            id,
            &format!(
                "{id}</cac:PartyIdentification><cac:PartyIdentification>\
                 <cbc:ID schemeID=\"VKN\">1234567890</cbc:ID>"
            ),
        )],
    );
    raises(
        "IBAN_CHECK_DIGITS",
        PLAIN,
        &[(
            "</cbc:PaymentDueDate>",
            "</cbc:PaymentDueDate><cac:PayeeFinancialAccount><cbc:ID>TR370004600000001234567890</cbc:ID>\
             </cac:PayeeFinancialAccount>",
        )],
    );
    raises("PASSENGER_FIELDS_MISSING", PLAIN, &[(">TEMELFATURA<", ">YOLCUBERABERFATURA<")]);
    let client = |changes: &[(&str, &str)]| {
        let client_tax_number = Some("1234567890".parse().unwrap());
        codes(PLAIN, changes, &Context { client_tax_number, ..Context::default() })
    };
    let code = "CLIENT_IS_BOTH_PARTIES".to_owned();
    assert!(!client(&[]).contains(&code));
    assert!(client(&[(id, "<cbc:ID schemeID=\"VKN\">1234567890</cbc:ID>")]).contains(&code));
}

/// Integration tests, and the unit tests at the end of modules.
fn tests(folder: &Path, out: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        if path.is_dir() {
            tests(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "json")
        {
            let text = std::fs::read_to_string(&path).unwrap();
            let is_source = path.components().any(|part| part.as_os_str() == "src");
            let from = if is_source { text.find("[cfg(test)]").unwrap_or(text.len()) } else { 0 };
            out.push_str(&text[from..]);
        }
    }
}

#[test]
fn every_finding_is_raised_by_some_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut text = String::new();
    tests(&root.join("tests"), &mut text);
    tests(&root.join("src"), &mut text);
    for (code, _) in message::finding_codes() {
        assert!(text.contains(code), "no test names {code}");
    }
}
