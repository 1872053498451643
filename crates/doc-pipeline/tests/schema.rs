//! What is stored and printed follows the published schemas.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "tests read files, fail by panicking and say what they skip"
)]

mod einvoice_files;

use std::path::Path;

use doc_pipeline::{
    AssessmentContext, Context, Duplicate, Duplicates, Extraction, Fields, Media, assess,
    evidence::{BoundingBox, Check, Evidence, EvidenceMap, Source},
    extraction::RawText,
    fields::{
        AccountStatement, BankStatementFields, BankTransaction, ContainedDocument, ContractFields,
        ContractParty, DespatchLine, EDocumentFields, InvoiceFields, KdvRate, LineItem, OtherTax,
        Party, ReceiptFields, Response, SeveralFields, TransactionDetail, Withholding,
    },
    message, read_in_process,
};
use domain::{Currency, DocumentId};
use einvoice_files::{decimal, einvoices, external, read_file, reads_with};
use jsonschema::{Registry, Validator};
use serde_json::{Value, json};

const KINDS: [&str; 7] =
    ["invoice", "bank_statement", "receipt", "contract", "unknown", "unknown", "unknown"];

fn schema(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schemas").join(name);
    serde_json::from_slice(&read_file(&path)).expect("JSON")
}

/// The definition of one kind.
fn validator(kind: &str) -> Validator {
    let mut schema = schema("document-fields.schema.json");
    let object = schema.as_object_mut().expect("an object");
    object.remove("anyOf");
    object.insert("$ref".to_owned(), format!("#/$defs/{kind}").into());
    jsonschema::validator_for(&schema).expect("a schema")
}

fn assert_valid(at: &str, extraction: &Extraction) {
    let fields = extraction.fields_json();
    let validator = validator(extraction.kind().as_str());
    let errors: Vec<String> = validator
        .iter_errors(&fields)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{at}: {errors:#?}");
    // Evidence points at what is there.
    for pointer in extraction.evidence.keys() {
        assert!(fields.pointer(pointer).is_some(), "{at}: nothing at {pointer}");
    }
}

#[test]
fn every_xml_fixture_validates() {
    let mut count = 0;
    let mut files: Vec<_> = ["synthetic", "encodings", "envelope", "hostile"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(einvoices(folder)).expect("a folder"))
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension != "json"))
        .collect();
    files.sort();
    for file in files {
        let client_tax_number = Some("9876543217".parse().expect("a tax number"));
        let context = Context {
            client_tax_number,
            declared_mime: Some("image/png".to_owned()),
            ..Context::default()
        };
        if let Ok(extraction) = read_in_process(&read_file(&file), &context) {
            assert_valid(&file.display().to_string(), &extraction);
            count += 1;
        }
    }
    assert!(count >= 30, "{count}");
}

#[test]
fn every_official_sample_validates() {
    let Some(root) = external("einvoices") else { return };
    for folder in ["gib-1.2.1", "time-variants", "envelope"] {
        for entry in std::fs::read_dir(root.join(folder)).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_file() {
                assert_valid(&path.display().to_string(), &reads_with(&path, &Context::default()));
            }
        }
    }
}

#[test]
fn every_digital_pdf_fixture_validates() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/documents/digital-tr");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "pdf") {
            assert_valid(&path.display().to_string(), &reads_with(&path, &Context::default()));
            count += 1;
        }
    }
    assert!(count >= 10, "{count}");
}

fn full_party() -> Party {
    let text = || Some("x".to_owned());
    Party {
        name: text(),
        tax_number: Some("1234567890".to_owned()),
        tax_office: text(),
        address: text(),
    }
}

fn full_kdv() -> KdvRate {
    let amount = || Some(decimal("1.50"));
    let text = || Some("x".to_owned());
    KdvRate {
        rate: decimal("0.20"),
        taxable_amount: amount(),
        tax_amount: amount(),
        exemption_code: text(),
        exemption_reason: text(),
    }
}

/// Every key of every kind, so that a key which the schema does not describe fails.
fn full() -> Vec<Fields> {
    let text = || Some("x".to_owned());
    let amount = || Some(decimal("1.50"));
    let day = || "2024-03-15".parse().ok();
    let invoice = InvoiceFields {
        invoice_number: text(),
        issue_date: day(),
        issue_time: Some("10:15:30".to_owned()),
        due_date: day(),
        total_amount: amount(),
        net_amount: amount(),
        tax_amount: amount(),
        tax_inclusive_amount: amount(),
        discount_amount: amount(),
        currency: Some(Currency::TRY),
        exchange_rate: amount(),
        counterparty_name: text(),
        counterparty_tax_number: Some("1234567890".to_owned()),
        line_items: vec![LineItem {
            description: text(),
            quantity: amount(),
            unit: text(),
            unit_price: amount(),
            line_total: amount(),
            vat_rate: amount(),
            vat_amount: amount(),
            discount_amount: amount(),
        }],
        ettn: text(),
        profile: text(),
        invoice_type: text(),
        supplier: Some(full_party()),
        customer: Some(full_party()),
        kdv_breakdown: vec![full_kdv()],
        withholdings: vec![Withholding {
            code: text(),
            rate: amount(),
            taxable_amount: amount(),
            amount: decimal("1"),
        }],
        withholding_amount: amount(),
        other_taxes: vec![OtherTax {
            code: "0071".to_owned(),
            name: text(),
            rate: amount(),
            amount: decimal("1"),
        }],
        billing_references: vec!["x".to_owned()],
        despatch_references: vec!["x".to_owned()],
        payment_ibans: vec!["x".to_owned()],
        notes: vec!["x".to_owned()],
        signature_present: true,
    };
    let bank = BankStatementFields {
        account_number: text(),
        iban: text(),
        bank_name: text(),
        account_holder: text(),
        currency: Some(Currency::EUR),
        start_date: day(),
        end_date: day(),
        starting_balance: amount(),
        ending_balance: None,
        transactions: vec![BankTransaction {
            date: "2024-03-15".parse().expect("a date"),
            time: Some("10:15:30".to_owned()),
            value_date: day(),
            description: text(),
            amount: decimal("-1.50"),
            currency: Some(Currency::USD),
            balance: amount(),
            reference: text(),
            account: text(),
            code: text(),
            reversal: true,
            counterparty_name: text(),
            counterparty_account: text(),
            details: vec![TransactionDetail {
                amount: amount(),
                description: text(),
                reference: text(),
                counterparty_name: text(),
                counterparty_account: text(),
            }],
            key: Some("0123456789abcdef0123456789abcdef".to_owned()),
        }],
        statements: vec![AccountStatement {
            account_number: text(),
            iban: text(),
            currency: Some(Currency::EUR),
            start_date: day(),
            end_date: day(),
            starting_balance: amount(),
            ending_balance: None,
            transaction_count: 1,
        }],
    };
    let receipt = ReceiptFields {
        amount: None,
        date: day(),
        time: Some("10:15".to_owned()),
        tax_amount: amount(),
        kdv_breakdown: vec![full_kdv()],
        merchant: Some(full_party()),
        receipt_number: text(),
        payment_method: text(),
        currency: Some(Currency::TRY),
    };
    let contract = ContractFields {
        contract_number: text(),
        contract_date: day(),
        start_date: day(),
        end_date: day(),
        expiration_date: day(),
        value: amount(),
        currency: Some(Currency::TRY),
        contract_type: Some("lease".to_owned()),
        parties: vec![ContractParty { name: text(), role: text(), tax_number: text() }],
        renewal_terms: text(),
    };
    vec![
        Fields::Invoice(Box::new(invoice)),
        Fields::BankStatement(Box::new(bank)),
        Fields::Receipt(Box::new(receipt)),
        Fields::Contract(Box::new(contract)),
        Fields::EDocument(Box::new(full_edocument())),
        Fields::Several(Box::new(SeveralFields {
            documents: vec![ContainedDocument {
                name: "a.xml".to_owned(),
                document_type: Some("invoice".to_owned()),
                fields: Some(json!({"lineItems": []})),
                error: text(),
            }],
        })),
        Fields::Unknown,
    ]
}

fn full_edocument() -> EDocumentFields {
    let text = || Some("x".to_owned());
    let list = || vec!["x".to_owned()];
    let day = || Some("2024-03-15".parse().expect("a date"));
    let amount = || Some(decimal("12.345"));
    EDocumentFields {
        edocument_type: "despatch_advice".to_owned(),
        document_number: text(),
        ettn: text(),
        profile: text(),
        type_code: text(),
        issue_date: day(),
        issue_time: Some("10:15:30".to_owned()),
        sender: Some(full_party()),
        receiver: Some(full_party()),
        carrier: Some(full_party()),
        despatch_date: day(),
        plates: list(),
        drivers: list(),
        lines: vec![DespatchLine {
            description: text(),
            quantity: amount(),
            unit: text(),
            rejected_quantity: amount(),
            short_quantity: amount(),
            reject_reason: text(),
        }],
        order_references: list(),
        despatch_references: list(),
        response: Some(Response {
            code: text(),
            description: text(),
            document: text(),
            document_type: text(),
            document_date: day(),
        }),
        notes: list(),
    }
}

fn extraction(fields: Fields) -> Extraction {
    // A pointer that is there in every kind but the unknown one, whose evidence is empty.
    let json = Extraction { fields: fields.clone(), ..empty() }.fields_json();
    let pointer =
        json.as_object().and_then(|object| object.keys().next()).map(|key| format!("/{key}"));
    let bounds = BoundingBox { x0: 1.0, y0: 2.0, x1: 3.5, y1: 4.0 };
    let evidence = pointer.into_iter().map(|pointer| {
        let evidence = Evidence {
            source: Source::Ocr,
            page: Some(1),
            bounding_box: Some(bounds),
            confidence: 0.5,
            passed: vec![
                Check::TaxNumberDigits,
                Check::IbanDigits,
                Check::BalanceChain,
                Check::EttnFormat,
            ],
            failed: vec![Check::OpeningPlusMovementsIsClosing, Check::NetPlusKdvIsTotal],
            needs_review: true,
        };
        (pointer, evidence)
    });
    let mut out = Extraction { evidence: evidence.collect(), ..empty() };
    out.fields = fields;
    out
}

fn empty() -> Extraction {
    Extraction {
        media: Media::Pdf,
        fields: Fields::Unknown,
        evidence: EvidenceMap::new(),
        findings: Vec::new(),
        text: RawText {
            text: String::new(),
            engine: "tesseract".to_owned(),
            confidence: Some(0.5),
        },
    }
}

#[test]
fn every_key_of_every_kind_is_described() {
    for (fields, kind) in full().into_iter().zip(KINDS) {
        assert_eq!(fields.kind().as_str(), kind);
        assert_valid(kind, &extraction(fields));
    }
}

#[test]
fn what_is_not_described_does_not_validate() {
    for kind in KINDS {
        assert!(!validator(kind).is_valid(&json!({"invented": 1})), "{kind}");
    }
    assert!(!validator("invoice").is_valid(&json!({"lineItems": [], "totalAmount": "120.00"})));
    assert!(!validator("invoice").is_valid(&json!({"lineItems": [], "issueDate": "15.03.2024"})));
}

#[test]
fn amounts_keep_their_digits() {
    let extraction =
        reads_with(&einvoices("synthetic/temel-satis-kdv20-2023.xml"), &Context::default());
    let text = extraction.fields_json().to_string();
    assert!(
        text.contains("\"unitPrice\":12.345") && text.contains("\"totalAmount\":148.14"),
        "{text}"
    );
}

#[test]
fn process_output_follows_its_schema() {
    let fields = schema("document-fields.schema.json");
    let registry = Registry::new()
        .add("urn:muhasebi-worker:document-fields:3.0", fields)
        .expect("a resource")
        .prepare()
        .expect("a registry");
    let output = schema("process-output.schema.json");
    let validator =
        jsonschema::options().with_registry(&registry).build(&output).expect("a schema");
    let other = || Some(Duplicate { document_id: DocumentId::new("other") });
    let context = AssessmentContext {
        today: "2020-01-01".parse().expect("a date"),
        duplicates: Duplicates { content: other(), ettn: other(), number: other() },
    };
    let read = |extraction: &Extraction| {
        let assessment = assess(extraction, &context);
        json!({
            "file": "a.xml", "documentType": extraction.kind().as_str(), "fields": extraction.fields_json(),
            "findings": extraction.findings, "flags": assessment.flags, "features": assessment.features,
            "riskScore": assessment.flag_score, "error": null,
            "ruleScore": {"score": 10, "severity": "low", "contributions": []},
        })
    };
    let failed = json!({
        "file": "a.html", "documentType": null, "fields": null, "findings": null, "flags": null, "features": null,
        "riskScore": null, "ruleScore": null,
        "error": {"code": "empty", "message": message::for_error(&doc_pipeline::ReadError::Empty), "detail": "empty"},
    });
    let mut reports: Vec<Value> =
        full().into_iter().map(|fields| read(&extraction(fields))).collect();
    reports
        .push(read(&reads_with(&einvoices("synthetic/gecersiz-toplam.xml"), &Context::default())));
    reports.push(failed.clone());
    let reports = Value::Array(reports);
    let errors: Vec<String> = validator
        .iter_errors(&reports)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let mut half = failed;
    half["error"] = Value::Null;
    assert!(!validator.is_valid(&json!([half])), "neither read nor failed");
}
