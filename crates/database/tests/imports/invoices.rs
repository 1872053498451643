//! Invoices.

use integrations::{Direction, InvoiceLine, InvoiceRecord, InvoiceStatus, PartyIdentity};

use crate::office::{Office, VKN, counts, own};

pub(crate) fn party(number: Option<&str>, name: &str) -> PartyIdentity {
    PartyIdentity {
        name: Some(name.to_owned()),
        tax_number: number.map(str::to_owned),
        external_id: None,
    }
}

pub(crate) fn invoice(id: &str, total: &str) -> InvoiceRecord {
    let total = total.parse().unwrap();
    InvoiceRecord {
        external_id: id.to_owned(),
        number: Some(format!("PRS{id}")),
        ettn: None,
        invoice_type: None,
        direction: Some(Direction::Sales),
        status: InvoiceStatus::Issued,
        issue_date: "2026-03-02".parse().unwrap(),
        due_date: Some("2026-04-01".parse().unwrap()),
        currency: "TRY".parse().unwrap(),
        exchange_rate: None,
        total_amount: total,
        tax_amount: "20".parse().unwrap(),
        net_amount: None,
        withholding_amount: None,
        supplier: party(Some(VKN), "Özgün Çelik"),
        customer: party(Some("4540536920"), "Ege Ambalaj"),
        lines: vec![InvoiceLine {
            description: "Kutu".to_owned(),
            quantity: "0.5".parse().unwrap(),
            unit: None,
            unit_price: "6.9324".parse().unwrap(),
            net_amount: "3.47".parse().unwrap(),
            kdv_rate: Some("0.2".parse().unwrap()),
            kdv_amount: None,
        }],
        changed_at: None,
        pushed_from: None,
    }
}

/// Rows with the transactions that wrote them: equal before and after means that nothing was written.
const EVERYTHING: &str = "SELECT md5(string_agg(t, ',' ORDER BY t)) FROM (
    SELECT i::text || i.xmin AS t FROM invoices i
    UNION ALL SELECT l::text || l.xmin FROM invoice_lines l
    UNION ALL SELECT c::text || c.xmin FROM client_companies c
    UNION ALL SELECT r::text || r.xmin FROM worker.sync_records r) everything";

#[tokio::test]
async fn the_same_source_data_twice_writes_nothing() {
    let office = Office::new().await;
    let lease = office.integration("parasut", "accounting").await;
    let page: Vec<_> = (1..=300).map(|n| invoice(&n.to_string(), "120.00")).collect();
    let (first, notes) = office.invoices(&lease, "parasut", None, &page).await;
    assert_eq!((first, notes), (counts(300, 0, 0, 0, 0), vec![]));
    let before = office.text(EVERYTHING).await;
    // Also when the source has touched them, or gives one of them twice.
    let mut again = page.clone();
    again.push(page[0].clone());
    for record in &mut again {
        record.changed_at = Some("2026-05-01T10:00:00Z".parse().unwrap());
    }
    let (second, _) = office.invoices(&lease, "parasut", None, &again).await;
    assert_eq!(second, counts(0, 0, 301, 0, 0));
    assert_eq!(office.text(EVERYTHING).await, before);
    let row =
        "SELECT concat_ws(' ', type, status, source, issue_date AT TIME ZONE 'UTC', total_amount,
        counterparty_name, metadata ->> 'invoiceNumber') FROM invoices WHERE external_id = '7'";
    assert_eq!(
        office.text(row).await,
        "SATIŞ kesildi integration 2026-03-02 00:00:00 120.00 Ege Ambalaj PRS7"
    );
    // Price and quantity rounded to their columns, the line's total as the source has it.
    let line = "SELECT concat_ws(' ', quantity, unit_price, line_total, vat_rate, vat_amount)
        FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id WHERE i.external_id = '7'";
    assert_eq!(office.text(line).await, "0.500 6.93 3.47 0.2000 0.69");
}

#[tokio::test]
async fn what_a_person_edited_or_posted_is_not_overwritten() {
    let office = Office::new().await;
    let lease = office.integration("parasut", "accounting").await;
    let mut page: Vec<_> = ["plain", "edited", "line", "posted", "deleted", "moved"]
        .map(|id| invoice(id, "120"))
        .into();
    office.invoices(&lease, "parasut", None, &page).await;
    office
        .sql(
            "UPDATE invoices SET counterparty_name = 'Elle', updated_at = now() WHERE external_id = 'edited';
             UPDATE invoice_lines SET description = 'Elle' WHERE invoice_id =
                 (SELECT id FROM invoices WHERE external_id = 'line');
             UPDATE invoices SET status = 'muhasebeleştirilmiş' WHERE external_id = 'posted';
             DELETE FROM invoices WHERE external_id = 'deleted';
             INSERT INTO client_companies (id, tenant_id, name, legal_type, tax_number, updated_at)
                 VALUES ('other', 'office', 'Başka', 'Limited', '9026184374', now());
             UPDATE invoices SET client_company_id = 'other' WHERE external_id = 'moved';
             -- What the platform's push does is no edit.
             UPDATE invoices SET pushed_at = now(), updated_at = now() WHERE external_id = 'plain'",
        )
        .await;
    for record in &mut page {
        record.total_amount = "240".parse().unwrap();
    }
    let (done, notes) = office.invoices(&lease, "parasut", None, &page).await;
    assert_eq!(done, counts(0, 1, 0, 0, 5));
    let mut told: Vec<_> = notes.iter().map(|n| (n.external_id.as_str(), n.reason)).collect();
    told.sort_unstable();
    assert_eq!(
        told,
        [
            ("deleted", "deleted"),
            ("edited", "edited"),
            ("line", "edited"),
            ("moved", "edited"),
            ("posted", "posted")
        ]
    );
    assert!(notes.iter().any(|note| note.message.contains("toplam: 120,00 yerine 240,00")));
    let totals = "SELECT string_agg(external_id || ' ' || total_amount, ', ' ORDER BY external_id) FROM invoices";
    assert_eq!(
        office.text(totals).await,
        "edited 120.00, line 120.00, moved 120.00, plain 240.00, posted 120.00"
    );
    // Told once, and in the log.
    let (again, notes) = office.invoices(&lease, "parasut", None, &page).await;
    assert_eq!((again, notes), (counts(0, 0, 6, 0, 0), vec![]));
    let logged = "SELECT count(*) FROM integration_sync_logs WHERE level = 'warning'
        AND context -> 'records' @> '[{\"externalId\": \"posted\", \"reason\": \"posted\"}]'";
    assert_eq!(office.text(logged).await, "1");
}

#[tokio::test]
async fn a_bad_record_is_set_aside_with_its_reason_and_the_rest_goes_in() {
    let office = Office::new().await;
    let lease = office.integration("parasut", "accounting").await;
    let mut page: Vec<_> =
        ["good", "huge", "early", "rate", "stranger"].map(|id| invoice(id, "120.00")).into();
    page[1].total_amount = "10000000000000".parse().unwrap();
    page[2].issue_date = "0026-03-02".parse().unwrap();
    page[3].lines[0].kdv_rate = Some("20".parse().unwrap());
    page[4].supplier = party(Some("TEMP-1700000000000"), "Bilinmeyen");
    let (done, notes) = office.invoices(&lease, "parasut", None, &page).await;
    assert_eq!(done, counts(1, 0, 0, 4, 0));
    let mut told: Vec<_> = notes.iter().map(|n| (n.external_id.as_str(), n.reason)).collect();
    told.sort_unstable();
    let expected = [
        ("early", "date"),
        ("huge", "amount"),
        ("rate", "amount"),
        ("stranger", "company_unknown"),
    ];
    assert_eq!(told, expected);
    // The same again is told once; what the source has mended goes in and leaves the list.
    page[1].total_amount = "1000".parse().unwrap();
    let (done, notes) = office.invoices(&lease, "parasut", None, &page).await;
    assert_eq!((done, notes), (counts(1, 0, 1, 3, 0), vec![]));
    let list =
        "SELECT string_agg(external_id, ',' ORDER BY external_id) FROM worker.sync_set_aside";
    assert_eq!(office.text(list).await, "early,rate,stranger");
    assert_eq!(office.text("SELECT count(*) FROM client_companies").await, "1", "no TEMP company");
}

#[tokio::test]
async fn an_invoice_of_two_sources_is_one_row() {
    let office = Office::new().await;
    let parasut = office.integration("parasut", "accounting").await;
    let mut one = invoice("1", "120.00");
    one.ettn = Some("F47AC10B-58CC-4372-A567-0E02B2C3D479".to_owned());
    office.invoices(&parasut, "parasut", None, &[one.clone()]).await;
    let nilvera = office.integration("nilvera", "accounting").await;
    let mut same = one.clone();
    same.external_id = "uuid".to_owned();
    same.ettn = Some("f47ac10b-58cc-4372-a567-0e02b2c3d479".to_owned());
    same.customer.name = Some("EGE AMBALAJ LTD.".to_owned());
    // Known by seller and number, where the source says no ETTN.
    let mut by_number = one.clone();
    (by_number.external_id, by_number.ettn) = ("n2".to_owned(), None);
    by_number.total_amount = "121".parse().unwrap();
    let (done, notes) =
        office.invoices(&nilvera, "nilvera", None, &[same.clone(), by_number]).await;
    assert_eq!(done, counts(0, 0, 2, 0, 0));
    assert_eq!(notes.len(), 1);
    assert_eq!(notes[0].reason, "sources_differ");
    assert_eq!(office.text("SELECT count(*) FROM invoices").await, "1");
    assert_eq!(office.text("SELECT counterparty_name FROM invoices").await, "Ege Ambalaj");
    // The second source does not write the first one's row; the first one does.
    same.total_amount = "500".parse().unwrap();
    let (done, _) = office.invoices(&nilvera, "nilvera", None, &[same]).await;
    assert_eq!(done, counts(0, 0, 1, 0, 0));
    one.total_amount = "130".parse().unwrap();
    let (done, _) = office.invoices(&parasut, "parasut", None, &[one]).await;
    assert_eq!(done, counts(0, 1, 0, 0, 0));
    assert_eq!(office.text("SELECT total_amount FROM invoices").await, "130.00");
}

#[tokio::test]
async fn an_invoice_between_two_companies_of_the_office_stands_in_both_books() {
    let office = Office::new().await;
    office
        .sql(
            "INSERT INTO client_companies (id, tenant_id, name, legal_type, tax_number, updated_at)
             VALUES ('buyer', 'office', 'Ege', 'Limited', ' 454 053 69 20', now())",
        )
        .await;
    let lease = office.integration("files", "accounting").await;
    let mut file = invoice("file", "120.00");
    (file.direction, file.ettn) = (None, Some("f47ac10b-58cc-4372-a567-0e02b2c3d479".to_owned()));
    let mut nobodys = invoice("nobody", "1");
    nobodys.direction = None;
    nobodys.supplier = party(Some("5291603845"), "Defne");
    nobodys.customer = party(None, "Biri");
    let page = [file, nobodys];
    let (done, notes) = office.invoices(&lease, "files", None, &page).await;
    assert_eq!(done, counts(2, 0, 0, 1, 0));
    assert_eq!(notes[0].reason, "side_unknown");
    let rows =
        "SELECT string_agg(client_company_id || ' ' || type, ', ' ORDER BY type) FROM invoices";
    assert_eq!(office.text(rows).await, "buyer ALIŞ, company SATIŞ");
    let (again, _) = office.invoices(&lease, "files", None, &page).await;
    assert_eq!(again, counts(0, 0, 1, 1, 0));
}

#[tokio::test]
async fn a_new_company_takes_a_valid_number_and_foreign_currency_stays() {
    let office = Office::new().await;
    let lease = office.integration("parasut", "accounting").await;
    let mut page: Vec<_> = ["1", "2"].map(|id| invoice(id, "120.00")).into();
    for record in &mut page {
        record.supplier = party(Some("9026184374"), "EGE AMBALAJ TİC. LTD. ŞTİ.");
        record.currency = "EUR".parse().unwrap();
    }
    office.invoices(&lease, "parasut", None, &page).await;
    let company =
        "SELECT concat_ws('|', count(*), min(name), min(legal_type)) FROM client_companies
        WHERE tax_number = '9026184374'";
    assert_eq!(office.text(company).await, "1|EGE AMBALAJ TİC. LTD. ŞTİ.|Limited");
    assert_eq!(office.text("SELECT string_agg(currency, ',') FROM invoices").await, "EUR,EUR");
    // An integration that belongs to a company: its company has what names another number, and that
    // is told.
    let other = office.integration("own", "accounting").await;
    let mut record = invoice("3", "1");
    record.supplier = party(Some("5291603845"), "Defne");
    let (done, notes) = office.invoices(&other, "own", Some(own()), &[record]).await;
    assert_eq!((done.created, notes[0].reason), (1, "company_conflict"));
}

#[tokio::test]
async fn rows_of_the_old_importer_are_taken_over_and_their_doubles_reported() {
    let office = Office::new().await;
    let lease = office.integration("parasut", "accounting").await;
    office
        .sql(
            "INSERT INTO invoices (id, tenant_id, client_company_id, external_id, type, issue_date,
                 total_amount, tax_amount, status, source, created_at, updated_at)
             SELECT 'old' || n, 'office', 'company', '1', 'SATIŞ', '2026-03-01T21:00:00Z', 120, 20,
                 'taslak', 'integration', now() - n * interval '1 day', now()
             FROM generate_series(1, 3) n;
             INSERT INTO invoices (id, tenant_id, client_company_id, external_id, type, issue_date,
                 total_amount, tax_amount, source, updated_at)
             VALUES ('hand', 'office', 'company', '2', 'SATIŞ', '2026-03-02', 120, 20, 'manual', now())",
        )
        .await;
    let page = [invoice("1", "120.00"), invoice("2", "120.00")];
    let (done, notes) = office.invoices(&lease, "parasut", None, &page).await;
    assert_eq!(done, counts(1, 1, 0, 0, 0));
    assert_eq!((notes.len(), notes[0].reason), (1, "existing_duplicates"));
    // The oldest is kept up to date, the others are untouched; what a person typed is not taken.
    let statuses = "SELECT string_agg(id || ' ' || status, ', ' ORDER BY id) FROM invoices
        WHERE external_id = '1'";
    assert_eq!(office.text(statuses).await, "old1 taslak, old2 taslak, old3 kesildi");
    let (again, _) = office.invoices(&lease, "parasut", None, &page).await;
    assert_eq!(again, counts(0, 0, 2, 0, 0));
}

#[tokio::test]
async fn each_side_of_an_invoice_between_two_companies_keeps_its_row() {
    let office = Office::new().await;
    let lease = office.integration("files", "accounting").await;
    let mut file = invoice("file", "120.00");
    (file.direction, file.ettn) = (None, Some("f47ac10b-58cc-4372-a567-0e02b2c3d479".to_owned()));
    file.supplier = party(Some("4540536920"), "Ege");
    file.customer = party(Some(VKN), "Özgün Çelik");
    // The buyer is a company of the office, the seller is none yet.
    office.invoices(&lease, "files", None, &[file.clone()]).await;
    let before = office.text(EVERYTHING).await;
    let (again, _) = office.invoices(&lease, "files", None, &[file.clone()]).await;
    assert_eq!((again, office.text(EVERYTHING).await), (counts(0, 0, 1, 0, 0), before));
    office
        .sql(
            "INSERT INTO client_companies (id, tenant_id, name, legal_type, tax_number, updated_at)
             VALUES ('seller', 'office', 'Ege', 'Limited', '4540536920', now())",
        )
        .await;
    file.total_amount = "130".parse().unwrap();
    let (done, _) = office.invoices(&lease, "files", None, &[file]).await;
    assert_eq!(done, counts(1, 1, 0, 0, 0));
    let rows = "SELECT string_agg(concat_ws(' ', client_company_id, type, total_amount), ', ' ORDER BY type)
        FROM invoices";
    assert_eq!(office.text(rows).await, "company ALIŞ 130.00, seller SATIŞ 130.00");
}

#[tokio::test]
async fn a_file_that_found_no_side_leaves_the_list_when_it_finds_one() {
    let office = Office::new().await;
    let lease = office.integration("files", "accounting").await;
    let mut file = invoice("file", "120.00");
    file.direction = None;
    file.supplier = party(Some("5291603845"), "Defne");
    let (done, notes) = office.invoices(&lease, "files", None, &[file.clone()]).await;
    assert_eq!((done.skipped, notes[0].reason), (1, "side_unknown"));
    file.customer = party(Some(VKN), "Özgün Çelik");
    let (done, _) = office.invoices(&lease, "files", None, &[file]).await;
    assert_eq!(done, counts(1, 0, 0, 0, 0));
    assert_eq!(office.text("SELECT count(*) FROM worker.sync_set_aside").await, "0");
}

#[tokio::test]
async fn a_sale_that_does_not_name_its_seller_joins_the_e_invoice_of_its_number() {
    let office = Office::new().await;
    let mikro = office.integration("mikro", "accounting").await;
    let mut sale = invoice("m1", "120.00");
    sale.number = Some("ABC2026000000001".to_owned());
    sale.supplier = PartyIdentity::default();
    // The same number once more, on another sale: a program keeps no law.
    let mut other = sale.clone();
    (other.external_id, other.total_amount) = ("m2".to_owned(), "90".parse().unwrap());
    let (done, _) = office.invoices(&mikro, "mikro", Some(own()), &[sale.clone(), other]).await;
    assert_eq!(done, counts(2, 0, 0, 0, 0));
    let nilvera = office.integration("nilvera", "accounting").await;
    let mut same = sale;
    same.external_id = "uuid".to_owned();
    same.ettn = Some("f47ac10b-58cc-4372-a567-0e02b2c3d479".to_owned());
    same.supplier = party(Some(VKN), "Özgün Çelik");
    let (done, notes) = office.invoices(&nilvera, "nilvera", None, &[same.clone()]).await;
    assert_eq!((done, notes), (counts(0, 0, 1, 0, 0), vec![]));
    assert_eq!(office.text("SELECT count(*) FROM invoices").await, "2");
    // The other way round: the e-invoice first.
    same.external_id = "uuid2".to_owned();
    same.ettn = Some("f47ac10b-58cc-4372-a567-0e02b2c3d470".to_owned());
    same.number = Some("ABC2026000000002".to_owned());
    office.invoices(&nilvera, "nilvera", None, &[same.clone()]).await;
    let mut sale = same;
    (sale.external_id, sale.ettn) = ("m3".to_owned(), None);
    sale.supplier = PartyIdentity::default();
    let (done, _) = office.invoices(&mikro, "mikro", Some(own()), &[sale]).await;
    assert_eq!(done, counts(0, 0, 1, 0, 0));
    assert_eq!(office.text("SELECT count(*) FROM invoices").await, "3");
}

#[tokio::test]
async fn a_source_that_joined_an_invoice_tells_when_its_amount_changes() {
    let office = Office::new().await;
    let mut one = invoice("1", "120.00");
    one.ettn = Some("f47ac10b-58cc-4372-a567-0e02b2c3d479".to_owned());
    let parasut = office.integration("parasut", "accounting").await;
    office.invoices(&parasut, "parasut", None, &[one.clone()]).await;
    let nilvera = office.integration("nilvera", "accounting").await;
    one.external_id = "uuid".to_owned();
    let (_, notes) = office.invoices(&nilvera, "nilvera", None, &[one.clone()]).await;
    assert_eq!(notes, []);
    one.total_amount = "500".parse().unwrap();
    let (done, notes) = office.invoices(&nilvera, "nilvera", None, &[one]).await;
    assert_eq!((done, notes[0].reason), (counts(0, 0, 1, 0, 0), "sources_differ"));
}

#[tokio::test]
async fn a_record_that_was_spoilt_and_is_well_again_leaves_the_list() {
    let office = Office::new().await;
    let lease = office.integration("parasut", "accounting").await;
    let well = invoice("1", "120.00");
    office.invoices(&lease, "parasut", None, std::slice::from_ref(&well)).await;
    let mut spoilt = well.clone();
    spoilt.total_amount = "10000000000000".parse().unwrap();
    let (done, _) = office.invoices(&lease, "parasut", None, &[spoilt]).await;
    assert_eq!(done.skipped, 1);
    let list = "SELECT count(*) FROM worker.sync_set_aside";
    assert_eq!(office.text(list).await, "1");
    let (done, _) = office.invoices(&lease, "parasut", None, &[well]).await;
    assert_eq!(done, counts(0, 0, 1, 0, 0));
    assert_eq!(office.text(list).await, "0");
}

#[tokio::test]
async fn a_number_that_no_index_takes_stops_no_page() {
    let office = Office::new().await;
    let lease = office.integration("parasut", "accounting").await;
    let mut record = invoice("1", "120.00");
    // What repeats itself would be compressed.
    let digits = (1_u64..=900).map(|n| format!("{:x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
    record.number = Some(digits.collect());
    let (done, _) = office.invoices(&lease, "parasut", None, &[record, invoice("2", "1")]).await;
    assert_eq!(done, counts(2, 0, 0, 0, 0));
}
