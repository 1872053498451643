//! UBL-TR documents against expectations that were extracted by XPath, independently of this crate.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "tests read files, fail by panicking and say what they skip"
)]

mod einvoice_files;

use std::collections::BTreeMap;

use doc_pipeline::{
    Context, Extraction, Fields, ReadError, fields::InvoiceFields, read_in_process,
};
use einvoice_files::{decimal, einvoices, external, read_file, reads_with};
use rust_decimal::Decimal;
use serde_json::Value;

/// Names of `expected_findings` by the code that this crate gives.
const CODES: [(&str, &str); 8] = [
    ("kdv_rate_not_valid_on_date", "KDV_RATE_NOT_IN_FORCE"),
    ("export_fields_missing", "EXPORT_FIELDS_MISSING"),
    ("payable_mismatch", "PAYABLE_MISMATCH"),
    ("vkn_checksum", "TAX_NUMBER_CHECK_DIGITS"),
    ("invoice_id_format", "INVOICE_NUMBER_FORMAT"),
    ("uuid_format", "ETTN_FORMAT"),
    ("withholding_on_non_tevkifat", "WITHHOLDING_TYPE_MISMATCH"),
    ("zero_kdv_without_exemption", "EXEMPTION_REASON_MISSING"),
];

fn invoice(extraction: &Extraction) -> &InvoiceFields {
    match &extraction.fields {
        Fields::Invoice(fields) => fields,
        other => panic!("not an invoice: {:?}", other.kind()),
    }
}

fn codes(extraction: &Extraction) -> Vec<&str> {
    extraction.findings.iter().map(|finding| finding.code.as_str()).collect()
}

/// Compares everything that the expectation names.
fn assert_as_expected(name: &str, fields: &InvoiceFields, expected: &Value) {
    let text = |key: &str| expected[key].as_str();
    let amount = |value: &Value| value.as_str().map(decimal);
    assert_eq!(fields.invoice_number.as_deref(), text("id"), "{name}: number");
    assert_eq!(fields.ettn.as_deref(), text("uuid"), "{name}: ETTN");
    assert_eq!(
        fields.profile.as_deref().map(str::to_lowercase),
        text("profile").map(str::to_lowercase),
        "{name}: profile"
    );
    assert_eq!(fields.invoice_type.as_deref(), text("type"), "{name}: type");
    assert_eq!(
        fields.issue_date.map(|day| day.to_string()).as_deref(),
        text("issue_date"),
        "{name}: date"
    );
    assert_eq!(
        fields.due_date.map(|day| day.to_string()).as_deref(),
        text("due_date"),
        "{name}: due"
    );
    assert_eq!(
        fields.currency.map(|code| code.to_string()).as_deref(),
        text("currency"),
        "{name}: currency"
    );
    assert_eq!(fields.exchange_rate, amount(&expected["exchange_rate"]), "{name}: rate");
    let totals = &expected["totals"];
    assert_eq!(fields.total_amount, amount(&totals["PayableAmount"]), "{name}: payable");
    let net = amount(&totals["TaxExclusiveAmount"]).or(amount(&totals["LineExtensionAmount"]));
    assert_eq!(fields.net_amount, net, "{name}: net");
    assert_eq!(
        fields.tax_inclusive_amount,
        amount(&totals["TaxInclusiveAmount"]),
        "{name}: inclusive"
    );
    for (key, party) in [("supplier", &fields.supplier), ("customer", &fields.customer)] {
        assert_party(&format!("{name}: {key}"), party.as_ref(), &expected[key]);
    }
    assert_taxes(name, fields, expected);
    if let Some(lines) = expected["lines"].as_array() {
        assert_eq!(fields.line_items.len(), lines.len(), "{name}: lines");
        for (index, (item, line)) in fields.line_items.iter().zip(lines).enumerate() {
            let at = format!("{name}: line {}", index + 1);
            assert_eq!(
                item.description.as_deref(),
                line["name"].as_str().map(squeeze).as_deref(),
                "{at}"
            );
            assert_eq!(item.quantity, amount(&line["quantity"]), "{at}: quantity");
            assert_eq!(item.unit.as_deref(), line["unit"].as_str(), "{at}: unit");
            assert_eq!(item.unit_price, amount(&line["price"]), "{at}: price");
            assert_eq!(item.line_total, amount(&line["line_total"]), "{at}: total");
        }
    }
    let references = expected["billing_refs"].as_array().map(Vec::as_slice).unwrap_or_default();
    let references: Vec<&str> = references.iter().filter_map(Value::as_str).collect();
    assert_eq!(fields.billing_references, references, "{name}: references");
}

fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn assert_party(at: &str, party: Option<&doc_pipeline::fields::Party>, expected: &Value) {
    let number = expected["ids"]["VKN"].as_str().or(expected["ids"]["TCKN"].as_str());
    assert_eq!(party.and_then(|party| party.tax_number.as_deref()), number, "{at}: tax number");
    let person: Vec<&str> =
        ["first_name", "family_name"].iter().filter_map(|part| expected[*part].as_str()).collect();
    let name = expected["name"].as_str().map_or_else(|| person.join(" "), squeeze);
    assert_eq!(
        party.and_then(|party| party.name.as_deref()).unwrap_or_default(),
        name,
        "{at}: name"
    );
    let office = expected["tax_office"].as_str().map(squeeze).filter(|office| !office.is_empty());
    assert_eq!(party.and_then(|party| party.tax_office.clone()), office, "{at}: tax office");
}

fn assert_taxes(name: &str, fields: &InvoiceFields, expected: &Value) {
    let subtotals = |totals: &Value| -> Vec<Value> {
        let totals = totals.as_array().map(Vec::as_slice).unwrap_or_default();
        totals
            .iter()
            .flat_map(|total| total["subtotals"].as_array().cloned().unwrap_or_default())
            .collect()
    };
    let amount = |value: &Value| value.as_str().map(decimal);
    let mut kdv = Decimal::ZERO;
    let mut by_rate: BTreeMap<Decimal, Decimal> = BTreeMap::new();
    let mut others = Vec::new();
    for subtotal in subtotals(&expected["taxes"]) {
        let tax = amount(&subtotal["amount"]).unwrap_or_default();
        if subtotal["type_code"] == "0015" {
            kdv += tax;
            if let Some(per_cent) = amount(&subtotal["percent"]) {
                *by_rate.entry((per_cent / Decimal::ONE_HUNDRED).normalize()).or_default() += tax;
            }
        } else if let Some(code) = subtotal["type_code"].as_str() {
            others.push((code.to_owned(), tax));
        }
    }
    assert_eq!(fields.tax_amount.unwrap_or_default(), kdv, "{name}: KDV");
    let read: BTreeMap<Decimal, Decimal> =
        fields.kdv_breakdown.iter().fold(BTreeMap::new(), |mut map, entry| {
            *map.entry(entry.rate.normalize()).or_default() += entry.tax_amount.unwrap_or_default();
            map
        });
    // A rate that only the lines state is added to what the expectation lists.
    for (rate, tax) in &by_rate {
        assert_eq!(read.get(rate), Some(tax), "{name}: KDV at {rate}");
    }
    let read: Vec<_> =
        fields.other_taxes.iter().map(|tax| (tax.code.clone(), tax.amount)).collect();
    assert_eq!(read, others, "{name}: other taxes");
    let withheld: Vec<Decimal> = subtotals(&expected["withholding"])
        .iter()
        .filter_map(|subtotal| amount(&subtotal["amount"]))
        .collect();
    let read: Vec<Decimal> =
        fields.withholdings.iter().map(|withholding| withholding.amount).collect();
    assert_eq!(read, withheld, "{name}: withholding");
    assert_eq!(
        fields.withholding_amount.unwrap_or_default(),
        withheld.iter().sum::<Decimal>(),
        "{name}"
    );
}

#[test]
fn synthetic_documents_are_read_completely() {
    let expected: Value =
        serde_json::from_slice(&read_file(&einvoices("synthetic/expected.json"))).expect("JSON");
    let expected = expected.as_object().expect("an object");
    assert_eq!(expected.len(), 20);
    for (name, expected) in expected {
        let extraction = reads_with(&einvoices(name), &Context::default());
        assert_as_expected(name, invoice(&extraction), expected);
        let wanted: Vec<&str> = expected["expected_findings"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|finding| {
                let finding = finding.as_str().expect("text");
                CODES
                    .iter()
                    .find(|(theirs, _)| *theirs == finding)
                    .map_or_else(|| panic!("{finding}"), |(_, code)| *code)
            })
            .collect();
        // Exactly these: a finding too many is as wrong as one too few.
        assert_eq!(codes(&extraction), wanted, "{name}: {:#?}", extraction.findings);
    }
}

#[test]
fn differences_carry_both_numbers() {
    let extraction = reads_with(&einvoices("synthetic/gecersiz-toplam.xml"), &Context::default());
    let finding = &extraction.findings[0];
    assert_eq!(finding.values["expected"].to_string(), "120.00");
    assert_eq!(finding.values["found"].to_string(), "130.00");
    assert!(
        finding.message.contains("120,00") && finding.message.contains("130,00"),
        "{}",
        finding.message
    );
    let total = &extraction.evidence["/totalAmount"];
    assert!(total.needs_review && !total.failed.is_empty());
    // The stored amount is the document's, whatever the check says.
    assert_eq!(invoice(&extraction).total_amount, Some(decimal("130.00")));
}

#[test]
fn encodings_prefixes_and_zip_give_the_same_fields() {
    let plain = reads_with(&einvoices("synthetic/earsiv-satis-coklu-kdv.xml"), &Context::default());
    let mut files: Vec<_> = std::fs::read_dir(einvoices("encodings"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    assert_eq!(files.len(), 5);
    files.push(einvoices("envelope/tek-fatura.zip"));
    for file in files {
        let read = reads_with(&file, &Context::default());
        assert_eq!(read.fields, plain.fields, "{}", file.display());
        assert_eq!(read.evidence, plain.evidence, "{}", file.display());
    }
}

#[test]
fn hostile_files_end_as_they_must() {
    // The error, or the code of the finding that the file must have.
    enum Must {
        Fail(fn(&ReadError) -> bool),
        Find(&'static str),
    }
    use doc_pipeline::Limit;
    let corrupt = |error: &ReadError| matches!(error, ReadError::Corrupt(_));
    let forbidden = |error: &ReadError| *error == ReadError::ForbiddenXml;
    let too_much = |error: &ReadError| *error == ReadError::LimitExceeded(Limit::Xml);
    let cases = [
        ("billion-laughs.xml", Must::Fail(forbidden)),
        ("quadratic-blowup.xml", Must::Fail(forbidden)),
        ("param-entity.xml", Must::Fail(forbidden)),
        ("xxe-file.xml", Must::Fail(forbidden)),
        ("xxe-http.xml", Must::Fail(forbidden)),
        ("deep-nesting.xml", Must::Fail(too_much)),
        ("many-attributes.xml", Must::Fail(too_much)),
        ("mismatched-tag.xml", Must::Fail(corrupt)),
        ("truncated.xml", Must::Fail(corrupt)),
        ("not-xml.xml", Must::Fail(|_| true)),
        ("empty.xml", Must::Fail(|error| *error == ReadError::Empty)),
        (
            "zip-bomb-30MB.zip",
            Must::Fail(|error| *error == ReadError::LimitExceeded(Limit::Archive)),
        ),
        ("zip-path-traversal.zip", Must::Find("")),
        ("comma-decimal.xml", Must::Find("AMOUNT_UNREADABLE")),
        ("exponent-amount.xml", Must::Find("AMOUNT_UNREADABLE")),
        ("nan-amount.xml", Must::Find("AMOUNT_UNREADABLE")),
        ("huge-number.xml", Must::Find("AMOUNT_UNREADABLE")),
    ];
    let listed = std::fs::read_dir(einvoices("hostile")).expect("a folder").count();
    assert_eq!(listed, cases.len(), "every hostile file has its expectation");
    for (name, must) in cases {
        let result = read_in_process(
            &read_file(&einvoices(&format!("hostile/{name}"))),
            &Context::default(),
        );
        match (must, result) {
            (Must::Fail(is_right), Err(error)) => assert!(is_right(&error), "{name}: {error:?}"),
            (Must::Find(""), Ok(_)) => {}
            (Must::Find(code), Ok(extraction)) => {
                assert!(codes(&extraction).contains(&code), "{name}: {:?}", codes(&extraction));
            }
            (Must::Fail(_), Ok(_)) => panic!("{name} was read"),
            (Must::Find(_), Err(error)) => panic!("{name}: {error:?}"),
        }
    }
}

#[test]
fn unreadable_amounts_never_become_numbers() {
    for name in ["comma-decimal.xml", "exponent-amount.xml", "nan-amount.xml", "huge-number.xml"] {
        let extraction = reads_with(&einvoices(&format!("hostile/{name}")), &Context::default());
        let fields = invoice(&extraction);
        // These files replace 1000.00 in their first line and its subtotal.
        assert_eq!(fields.line_items[0].line_total, None, "{name}");
        assert_eq!(fields.line_items[0].unit_price, None, "{name}");
        let twenty =
            fields.kdv_breakdown.iter().find(|entry| entry.rate == decimal("0.20")).expect("20 %");
        assert_eq!(twenty.taxable_amount, None, "{name}");
    }
}

#[test]
fn the_counterparty_is_the_party_that_is_not_the_client() {
    let file = einvoices("synthetic/temel-satis-kdv20-2023.xml");
    let cases = [
        (None, "1234567890", None),
        (Some("1234567890"), "9876543217", None),
        (Some("9876543217"), "1234567890", None),
        (Some("4540536920"), "1234567890", Some("CLIENT_NOT_A_PARTY")),
    ];
    for (client, counterparty, code) in cases {
        let client_tax_number = client.map(|number| number.parse().expect("a tax number"));
        let extraction = reads_with(&file, &Context { client_tax_number, ..Context::default() });
        assert_eq!(
            invoice(&extraction).counterparty_tax_number.as_deref(),
            Some(counterparty),
            "{client:?}"
        );
        assert_eq!(codes(&extraction), code.into_iter().collect::<Vec<_>>(), "{client:?}");
    }
}

/// Replaces one piece of a synthetic document, which must be there.
fn changed(name: &str, from: &str, to: &str) -> Vec<u8> {
    let text =
        String::from_utf8(read_file(&einvoices(&format!("synthetic/{name}")))).expect("UTF-8");
    assert!(text.contains(from), "{name} has no {from}");
    text.replace(from, to).into_bytes()
}

#[test]
fn single_changes_raise_single_findings() {
    let plain = "temel-satis-kdv20-2023.xml";
    let cases = [
        (plain, "<cbc:UBLVersionID>2.1", "<cbc:UBLVersionID>2.0", "UBL_VERSION_UNEXPECTED"),
        (plain, "<cbc:CopyIndicator>false", "<cbc:CopyIndicator>true", "COPY_INDICATOR_SET"),
        (plain, "TEMELFATURA", "YENISENARYO", "PROFILE_UNKNOWN"),
        (plain, ">SATIS<", ">YENITIP<", "INVOICE_TYPE_UNKNOWN"),
        (plain, ">2023-07-10</cbc:IssueDate>", ">10.07.2023</cbc:IssueDate>", "DATE_UNREADABLE"),
        (plain, "10:15:30", "sabah", "TIME_UNREADABLE"),
        (plain, "<cbc:UUID>5f0c2a3e-9d1b-4c55-8a10-000000000003</cbc:UUID>", "", "ETTN_MISSING"),
        (
            plain,
            ">2023-07-10</cbc:IssueDate>",
            ">2004-07-10</cbc:IssueDate>",
            "ISSUE_DATE_TOO_EARLY",
        ),
        (plain, "AccountingCustomerParty", "Dropped", "PARTY_MISSING"),
        (plain, ">TRY<", "><", "CURRENCY_MISSING"),
        (plain, "TRY", "QQQ", "CURRENCY_UNKNOWN"),
        (plain, "PayableAmount", "Dropped", "AMOUNT_MISSING"),
        (plain, ">148.14</cbc:PayableAmount>", ">148.141</cbc:PayableAmount>", "AMOUNT_PRECISION"),
        (
            plain,
            ">123.45</cbc:LineExtensionAmount><cbc:TaxEx",
            ">223.45</cbc:LineExtensionAmount><cbc:TaxEx",
            "LINES_SUM_MISMATCH",
        ),
        (
            plain,
            ">24.69</cbc:TaxAmount><cac:TaxSubtotal>",
            ">34.69</cbc:TaxAmount><cac:TaxSubtotal>",
            "TAX_TOTAL_MISMATCH",
        ),
        (
            plain,
            ">24.69</cbc:TaxAmount><cbc:Calc",
            ">34.69</cbc:TaxAmount><cbc:Calc",
            "KDV_AMOUNT_MISMATCH",
        ),
        (plain, "<cbc:Percent>20<", "<cbc:Percent>15<", "KDV_RATE_UNKNOWN"),
        (
            plain,
            ">123.45</cbc:LineExtensionAmount><cac:TaxTotal>",
            ">-123.45</cbc:LineExtensionAmount><cac:TaxTotal>",
            "NEGATIVE_PRICE",
        ),
        (plain, ">SATIS<", ">TEVKIFAT<", "WITHHOLDING_MISSING"),
        (plain, ">SATIS<", ">SGK<", "SGK_FIELDS_MISSING"),
        (plain, "<cbc:LineCountNumeric>1", "<cbc:LineCountNumeric>2", "LINE_COUNT_MISMATCH"),
        (plain, "currencyID=\"TRY\">24.69", "currencyID=\"USD\">24.69", "CURRENCY_MIXED"),
        (plain, "schemeID=\"VKN\">9876543217", "schemeID=\"VKN\">987654321", "TAX_NUMBER_FORMAT"),
        (plain, "schemeID=\"VKN\">9876543217", "schemeID=\"MERSISNO\">1", "TAX_NUMBER_MISSING"),
        (
            plain,
            "<cbc:Name>ÇAĞRI İNŞAAT TAAHHÜT LİMİTED ŞİRKETİ",
            "<cbc:Name>\u{200b}",
            "PARTY_NAME_MISSING",
        ),
        (
            plain,
            "<cbc:PriceAmount currencyID=\"TRY\">12.345",
            "<cbc:PriceAmount currencyID=\"TRY\">13.00",
            "LINE_TOTAL_MISMATCH",
        ),
        ("ticari-dovizli-usd.xml", "CalculationRate", "OtherRate", "EXCHANGE_RATE_MISSING"),
        ("iade-faturasi.xml", "BillingReference", "OtherReference", "BILLING_REFERENCE_MISSING"),
        ("tevkifat-brut-diyalekt.xml", ">606<", ">699<", "WITHHOLDING_CODE_UNKNOWN"),
        (
            "tevkifat-brut-diyalekt.xml",
            "<cbc:TaxTypeCode>606",
            "<cbc:TaxTypeCode>624",
            "WITHHOLDING_RATE_MISMATCH",
        ),
        ("ihrac-kayitli-701.xml", ">701<", ">999<", "EXEMPTION_CODE_UNKNOWN"),
        ("ihrac-kayitli-701.xml", ">701<", ">801<", "EXEMPTION_TYPE_MISMATCH"),
        ("esmm.xml", ">0003<", ">7777<", "TAX_TYPE_UNKNOWN"),
    ];
    for (name, from, to, code) in cases {
        let bytes = changed(name, from, to);
        let extraction = read_in_process(&bytes, &Context::default()).expect("readable");
        assert!(codes(&extraction).contains(&code), "{name} {to}: {:?}", codes(&extraction));
    }
}

#[test]
fn kdv_is_known_by_its_names_and_never_lost_without_a_word() {
    let plain = "temel-satis-kdv20-2023.xml";
    let coded = "<cbc:Name>KDV</cbc:Name><cbc:TaxTypeCode>0015</cbc:TaxTypeCode>";
    for name in ["Katma Değer Vergisi", "KATMA DEĞER VERGİSİ", "Gerçek Usulde KDV", "kdv"] {
        let bytes = changed(plain, coded, &format!("<cbc:Name>{name}</cbc:Name>"));
        let extraction = read_in_process(&bytes, &Context::default()).expect("readable");
        assert_eq!(codes(&extraction), Vec::<&str>::new(), "{name}");
        assert_eq!(invoice(&extraction).tax_amount, Some(decimal("24.69")), "{name}");
    }
    let unnamed = String::from_utf8(changed(plain, coded, "")).expect("UTF-8");
    let extraction = read_in_process(unnamed.as_bytes(), &Context::default()).expect("readable");
    assert_eq!(codes(&extraction), ["TAX_TYPE_MISSING", "TOTALS_UNCHECKED"]);
    // What is payable is held against the stated tax total then.
    let wrong = unnamed.replace("148.14</cbc:PayableAmount>", "948.14</cbc:PayableAmount>");
    let extraction = read_in_process(wrong.as_bytes(), &Context::default()).expect("readable");
    let found = extraction.findings.iter().find(|finding| finding.code == "PAYABLE_MISMATCH");
    let values = &found.expect("the difference").values;
    assert_eq!(values["expected"].to_string(), "148.14");
    assert_eq!(values["found"].to_string(), "948.14");
    let subtotal =
        "<cbc:TaxAmount currencyID=\"TRY\">24.69</cbc:TaxAmount><cbc:CalculationSequenceNumeric>";
    let bytes = changed(plain, subtotal, "<cbc:CalculationSequenceNumeric>");
    let extraction = read_in_process(&bytes, &Context::default()).expect("readable");
    for code in ["AMOUNT_MISSING", "TOTALS_UNCHECKED"] {
        assert!(codes(&extraction).contains(&code), "{:?}", codes(&extraction));
    }
}

#[test]
fn amounts_of_another_currency_are_not_mixed_in() {
    let plain = "temel-satis-kdv20-2023.xml";
    let lira = "<cac:TaxTotal><cbc:TaxAmount currencyID=\"USD\">1.00</cbc:TaxAmount></cac:TaxTotal><cac:LegalMonetaryTotal>";
    let bytes = changed(plain, "<cac:LegalMonetaryTotal>", lira);
    let extraction = read_in_process(&bytes, &Context::default()).expect("readable");
    assert_eq!(invoice(&extraction).tax_amount, Some(decimal("24.69")));
    assert_eq!(codes(&extraction), Vec::<&str>::new());
    let payable = "<cbc:PayableAmount currencyID=\"";
    let bytes = changed(plain, &format!("{payable}TRY"), &format!("{payable}USD"));
    let extraction = read_in_process(&bytes, &Context::default()).expect("readable");
    assert_eq!(invoice(&extraction).total_amount, None);
    assert!(codes(&extraction).contains(&"CURRENCY_MIXED"), "{:?}", codes(&extraction));
    // Twice and different is neither; the old lira is the lira.
    let twice =
        "<cbc:PayableAmount currencyID=\"TRY\">1.00</cbc:PayableAmount></cac:LegalMonetaryTotal>";
    let bytes = changed(plain, "</cac:LegalMonetaryTotal>", twice);
    let extraction = read_in_process(&bytes, &Context::default()).expect("readable");
    assert_eq!(invoice(&extraction).total_amount, None);
    assert!(codes(&extraction).contains(&"AMOUNT_AMBIGUOUS"), "{:?}", codes(&extraction));
    let bytes = changed(plain, "TRY", "TRL");
    let extraction = read_in_process(&bytes, &Context::default()).expect("readable");
    assert_eq!(invoice(&extraction).currency, Some(domain::Currency::TRY));
    assert_eq!(codes(&extraction), ["CURRENCY_UNKNOWN"]);
}

#[test]
fn a_collective_number_issues_no_invoice() {
    let bytes = changed("temel-satis-kdv20-2023.xml", "1234567890", "2222222222");
    let extraction = read_in_process(&bytes, &Context::default()).expect("readable");
    assert_eq!(codes(&extraction), ["TAX_NUMBER_COLLECTIVE"]);
    assert_eq!(extraction.identity().issuer_tax_number, None);
}

#[test]
fn an_anonymous_consumer_needs_no_check_digits() {
    let bytes = changed("earsiv-satis-coklu-kdv.xml", "10000000146", "11111111111");
    let extraction = read_in_process(&bytes, &Context::default()).expect("readable");
    assert_eq!(codes(&extraction), Vec::<&str>::new());
}

#[test]
fn withholding_written_as_a_tax_of_its_own_is_kept_apart() {
    // Dialect 3: a subtotal of type 9015 and no WithholdingTaxTotal.
    let text =
        String::from_utf8(changed("tevkifat-brut-diyalekt.xml", "WithholdingTaxTotal", "Dropped"))
            .expect("UTF-8");
    let own = "<cac:TaxSubtotal><cbc:TaxAmount currencyID=\"TRY\">3600.00</cbc:TaxAmount><cbc:Percent>18</cbc:Percent>\
        <cac:TaxCategory><cac:TaxScheme><cbc:TaxTypeCode>9015</cbc:TaxTypeCode></cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal>";
    let text = text.replacen(
        "</cac:TaxSubtotal></cac:TaxTotal>",
        &format!("</cac:TaxSubtotal>{own}</cac:TaxTotal>"),
        1,
    );
    let extraction = read_in_process(text.as_bytes(), &Context::default()).expect("readable");
    let fields = invoice(&extraction);
    assert_eq!(fields.tax_amount, Some(decimal("4000.00")));
    assert_eq!(fields.withholding_amount, Some(decimal("3600.00")));
    assert_eq!(codes(&extraction), Vec::<&str>::new(), "{:#?}", extraction.findings);
}

#[test]
fn embedded_files_are_stepped_over() {
    let blob = "QUJD".repeat(200_000);
    let attachment = format!(
        "<cac:AdditionalDocumentReference><cbc:ID>1</cbc:ID><cac:Attachment><cbc:EmbeddedDocumentBinaryObject \
         mimeCode=\"application/xml\">{blob}</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>"
    );
    let bytes = changed(
        "temel-satis-kdv20-2023.xml",
        "<cac:Signature>",
        &format!("{attachment}<cac:Signature>"),
    );
    let plain = reads_with(&einvoices("synthetic/temel-satis-kdv20-2023.xml"), &Context::default());
    assert_eq!(read_in_process(&bytes, &Context::default()).expect("readable"), plain);
}

#[test]
fn an_envelope_of_one_is_opened_and_of_two_refused() {
    let inner = String::from_utf8(read_file(&einvoices("synthetic/temel-satis-kdv20-2023.xml")))
        .expect("UTF-8");
    let inner = inner.split_once("?>").expect("a declaration").1;
    let wrap = |documents: &str| {
        format!(
            "<sh:StandardBusinessDocument xmlns:sh=\"http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader\" \
             xmlns:ef=\"http://www.efatura.gov.tr/package-namespace\"><ef:Package><Elements><ElementType>INVOICE</ElementType>\
             <ElementList>{documents}</ElementList></Elements></ef:Package></sh:StandardBusinessDocument>"
        )
    };
    let plain = reads_with(&einvoices("synthetic/temel-satis-kdv20-2023.xml"), &Context::default());
    assert_eq!(
        read_in_process(wrap(inner).as_bytes(), &Context::default()).expect("readable"),
        plain
    );
    let none = read_in_process(wrap("").as_bytes(), &Context::default());
    assert!(matches!(none, Err(ReadError::AmbiguousArchive(_))), "{none:?}");
    let two = read_in_process(wrap(&inner.repeat(2)).as_bytes(), &Context::default()).unwrap();
    let Fields::Several(several) = &two.fields else { panic!("{:?}", two.fields) };
    assert_eq!(codes(&two), ["SEVERAL_DOCUMENTS"]);
    for document in &several.documents {
        assert_eq!(document.document_type.as_deref(), Some("invoice"));
        assert_eq!(document.fields, Some(plain.fields_json()));
        assert_eq!(Some(document.name.as_str()), invoice(&plain).invoice_number.as_deref());
    }
    assert_eq!(several.documents.len(), 2);
}

#[test]
fn other_xml_is_refused_by_name() {
    for xml in ["<a/>", "<Invoice/>", "<Invoice xmlns=\"urn:other\"/>"] {
        let result = read_in_process(xml.as_bytes(), &Context::default());
        assert_eq!(result, Err(ReadError::Unsupported("XML".to_owned())), "{xml}");
    }
}

#[test]
fn many_broken_lines_do_not_make_many_sentences() {
    let text = String::from_utf8(changed("temel-satis-kdv20-2023.xml", ">12.345<", ">99<"))
        .expect("UTF-8");
    let start = text.find("<cac:InvoiceLine>").expect("a line");
    let end = text.find("</Invoice>").expect("the end");
    let line = text[start..end].repeat(500);
    let text = format!("{}{line}</Invoice>", &text[..start]);
    let extraction = read_in_process(text.as_bytes(), &Context::default()).expect("readable");
    assert_eq!(invoice(&extraction).line_items.len(), 500);
    assert!(extraction.findings.len() < 40);
    assert!(codes(&extraction).contains(&"FINDINGS_TRUNCATED"));
}

#[test]
fn official_samples_are_read() {
    let Some(root) = external("einvoices") else { return };
    let expected: Value =
        serde_json::from_slice(&read_file(&root.join("expected.json"))).expect("JSON");
    let mut read = 0;
    for (name, expected) in expected.as_object().expect("an object") {
        let extraction = reads_with(&root.join(name), &Context::default());
        if matches!(expected["root"].as_str(), Some("Invoice" | "CreditNote")) {
            let fields = invoice(&extraction);
            // Some samples give names of persons beside firms; numbers and amounts are compared.
            let at = name.as_str();
            assert_eq!(fields.invoice_number.as_deref(), expected["id"].as_str(), "{at}");
            assert_eq!(
                fields.ettn.as_deref().map(str::to_lowercase),
                expected["uuid"].as_str().map(str::to_lowercase),
                "{at}"
            );
            let totals = &expected["totals"];
            assert_eq!(fields.total_amount, totals["PayableAmount"].as_str().map(decimal), "{at}");
            assert_eq!(
                fields.net_amount,
                totals["TaxExclusiveAmount"].as_str().map(decimal),
                "{at}"
            );
            assert_taxes(at, fields, expected);
            let lines = expected["lines"]
                .as_array()
                .map_or_else(|| expected["lines"].as_u64(), |lines| Some(lines.len() as u64));
            assert_eq!(Some(fields.line_items.len() as u64), lines, "{at}");
        } else {
            let Fields::EDocument(fields) = &extraction.fields else { panic!("{name}") };
            assert_eq!(fields.document_number.as_deref(), expected["id"].as_str(), "{name}");
            assert_eq!(fields.ettn.as_deref(), expected["uuid"].as_str(), "{name}");
            let day = fields.issue_date.map(|day| day.to_string());
            assert_eq!(day.as_deref(), expected["issue_date"].as_str(), "{name}");
            assert!(fields.sender.is_some() && fields.receiver.is_some(), "{name}");
            assert!(fields.response.is_some() || !fields.lines.is_empty(), "{name}");
            assert!(codes(&extraction).contains(&"EDOCUMENT_NOT_INVOICE"), "{name}");
        }
        read += 1;
    }
    assert!(read >= 20, "{read} samples");
    let findings = |name: &str| -> Vec<String> {
        let extraction = reads_with(&root.join(name), &Context::default());
        extraction.findings.into_iter().map(|finding| finding.code).collect()
    };
    let has = |name: &str, code: &str| {
        assert!(findings(name).iter().any(|found| found == code), "{name}: {:?}", findings(name));
    };
    has("gib-1.2.1/TemelFaturaOrnegi.xml", "INVOICE_NUMBER_FORMAT");
    has("gib-1.2.1/TemelFaturaOrnegi.xml", "TAX_NUMBER_FORMAT");
    has("gib-1.2.1/ISTISNA-1.xml", "TAX_NUMBER_FORMAT");
    has("gib-1.2.1/ISTISNA-1.xml", "NET_TOTAL_MISMATCH");
    has("gib-1.2.1/OTV.xml", "TAX_INCLUSIVE_MISMATCH");
    // Withholding net of the total tax is a dialect, no difference.
    let tevkifat = findings("gib-1.2.1/TEVKIFAT.xml");
    assert!(tevkifat.iter().all(|code| !code.contains("MISMATCH")), "{tevkifat:?}");
}

const UBL: &str = "urn:oasis:names:specification:ubl:schema:xsd";

/// An e-document of our own with this root and content.
fn edocument(root: &str, content: &str) -> doc_pipeline::Extraction {
    let text = format!(
        "<{root} xmlns=\"{UBL}:{root}-2\" xmlns:c=\"{UBL}:CommonAggregateComponents-2\" \
         xmlns:b=\"{UBL}:CommonBasicComponents-2\"><b:ProfileID>TEMELIRSALIYE</b:ProfileID>\
         <b:ID>IRS2026000000001</b:ID><b:UUID>5f0c2a3e-9d1b-4c55-8a10-000000000001</b:UUID>\
         <b:IssueDate>2026-03-15</b:IssueDate>{content}</{root}>"
    );
    read_in_process(text.as_bytes(), &Context::default()).expect("readable")
}

fn party(number: &str, name: &str) -> String {
    format!(
        "<c:PartyIdentification><b:ID schemeID=\"VKN\">{number}</b:ID></c:PartyIdentification>\
         <c:PartyName><b:Name>{name}</b:Name></c:PartyName>"
    )
}

#[test]
fn a_despatch_note_has_its_fields() {
    let (sender, receiver) = (party("1234567890", "A A.Ş."), party("9876543217", "B LTD."));
    let read = edocument(
        "DespatchAdvice",
        &format!(
            "<b:DespatchAdviceTypeCode>SEVK</b:DespatchAdviceTypeCode>\
             <c:OrderReference><b:ID>S1</b:ID></c:OrderReference>\
             <c:DespatchSupplierParty><c:Party>{sender}</c:Party></c:DespatchSupplierParty>\
             <c:DeliveryCustomerParty><c:Party>{receiver}</c:Party></c:DeliveryCustomerParty>\
             <c:Shipment><c:ShipmentStage><c:TransportMeans><c:RoadTransport>\
             <b:LicensePlateID schemeID=\"PLAKA\">06DR4077</b:LicensePlateID></c:RoadTransport></c:TransportMeans>\
             <c:DriverPerson><b:FirstName>Mehmet</b:FirstName><b:FamilyName>Öztürk</b:FamilyName></c:DriverPerson>\
             </c:ShipmentStage><c:Delivery><c:CarrierParty>{sender}</c:CarrierParty>\
             <c:Despatch><b:ActualDespatchDate>2026-03-16</b:ActualDespatchDate></c:Despatch></c:Delivery></c:Shipment>\
             <c:DespatchLine><b:DeliveredQuantity unitCode=\"KGM\">12.5</b:DeliveredQuantity>\
             <c:Item><b:Name>Un</b:Name></c:Item></c:DespatchLine>"
        ),
    );
    let Fields::EDocument(fields) = &read.fields else { panic!("{:?}", read.fields) };
    assert_eq!(fields.edocument_type, "despatch_advice");
    assert_eq!(fields.type_code.as_deref(), Some("SEVK"));
    assert_eq!(fields.sender.as_ref().unwrap().tax_number.as_deref(), Some("1234567890"));
    assert_eq!(fields.receiver.as_ref().unwrap().name.as_deref(), Some("B LTD."));
    assert!(fields.carrier.is_some());
    assert_eq!(fields.despatch_date.unwrap().to_string(), "2026-03-16");
    assert_eq!(fields.plates, ["06DR4077"]);
    assert_eq!(fields.drivers, ["Mehmet Öztürk"]);
    assert_eq!(fields.order_references, ["S1"]);
    let line = fields.lines.first().unwrap();
    assert_eq!((line.quantity, line.unit.as_deref()), (Some(decimal("12.5")), Some("KGM")));
    assert_eq!(read.identity().ettn.as_deref(), Some("5f0c2a3e-9d1b-4c55-8a10-000000000001"));
    assert!(read.text.text.contains("Plaka: 06DR4077"));
}

#[test]
fn a_response_has_its_answer() {
    let (sender, receiver) = (party("1234567890", "A A.Ş."), party("9876543217", "B LTD."));
    let read = edocument(
        "ApplicationResponse",
        &format!(
            "<c:SenderParty>{sender}</c:SenderParty><c:ReceiverParty>{receiver}</c:ReceiverParty>\
             <c:DocumentResponse><c:Response><b:ResponseCode>RED</b:ResponseCode>\
             <b:Description>Tutar yanlış</b:Description></c:Response>\
             <c:DocumentReference><b:ID>EAR2026000000001</b:ID><b:IssueDate>2026-03-01</b:IssueDate>\
             <b:DocumentTypeCode>FATURA</b:DocumentTypeCode></c:DocumentReference></c:DocumentResponse>"
        ),
    );
    let Fields::EDocument(fields) = &read.fields else { panic!("{:?}", read.fields) };
    let response = fields.response.as_ref().unwrap();
    assert_eq!(response.code.as_deref(), Some("RED"));
    assert_eq!(response.description.as_deref(), Some("Tutar yanlış"));
    assert_eq!(response.document.as_deref(), Some("EAR2026000000001"));
    assert_eq!(response.document_date.unwrap().to_string(), "2026-03-01");
    assert_eq!(fields.sender.as_ref().unwrap().name.as_deref(), Some("A A.Ş."));
}

#[test]
fn a_client_without_a_valid_number_is_said() {
    let context = Context {
        client_tax_number_refused: Some("BANK-1699999999".to_owned()),
        ..Context::default()
    };
    let read = reads_with(&einvoices("synthetic/temel-satis-kdv20-2023.xml"), &context);
    let found = read.findings.iter().find(|finding| finding.code == "CLIENT_TAX_NUMBER_INVALID");
    assert!(found.is_some_and(|found| found.message.contains("BANK-1699999999")), "{found:?}");
}

#[test]
fn kdv_of_a_rate_is_an_amount_of_the_document() {
    // Six kuruş are too many however many lines there are; five are rounding.
    for (off, expected) in [("0.06", true), ("0.04", false)] {
        let text = String::from_utf8(read_file(&einvoices("synthetic/temel-satis-kdv20-2023.xml")))
            .expect("UTF-8");
        let start = text.find("<cac:InvoiceLine>").expect("a line");
        let end = text.find("</Invoice>").expect("the end");
        let lines = text[start..end].repeat(100);
        let text = format!("{}{lines}</Invoice>", &text[..start]);
        let old = text.split("<cbc:TaxAmount currencyID=\"TRY\">").nth(1).expect("a tax");
        let old = old.split('<').next().expect("an amount").to_owned();
        let tag = |amount: &str| format!("<cbc:TaxAmount currencyID=\"TRY\">{amount}<");
        let wanted = decimal(&old) + decimal(off);
        let text = text.replace(&tag(&old), &tag(&wanted.to_string()));
        let read = read_in_process(text.as_bytes(), &Context::default()).expect("readable");
        assert_eq!(codes(&read).contains(&"KDV_AMOUNT_MISMATCH"), expected, "{old} {wanted}");
    }
}
