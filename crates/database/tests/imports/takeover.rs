//! A provider that is connected anew, and an account whose movements come from another source.

use integrations::import::OwnCompany;
use integrations::{BankTransactionRecord, PartyIdentity};

use crate::bank::{ibans, movement};
use crate::invoices::{invoice, party};
use crate::office::{Office, counts, own};

async fn set_status(office: &Office, integration: &str, status: &str) {
    let sql =
        format!("UPDATE tenant_integrations SET status = '{status}' WHERE id = '{integration}'");
    office.sql(&sql).await;
}

#[tokio::test]
async fn a_provider_connected_anew_goes_on_with_its_rows_and_leaves_edited_ones_alone() {
    // The platform's "delete" disconnects; a broken one is left where it is.
    for status in ["disconnected", "error"] {
        let office = Office::new().await;
        let old = office.integration("old", "accounting").await;
        let ids = ["plain", "edited", "quiet", "deleted", "gone", "posted", "changed"];
        let mut page: Vec<_> = ids.map(|id| invoice(id, "120.00")).into();
        office.invoices(&old, "old", None, &page).await;
        office
            .sql(
                "UPDATE invoices SET issue_date = '2025-12-31Z', total_amount = 999
                     WHERE external_id IN ('edited', 'quiet');
                 UPDATE invoices SET status = 'muhasebeleştirilmiş' WHERE external_id = 'posted';
                 DELETE FROM invoices WHERE external_id IN ('deleted', 'gone')",
            )
            .await;
        set_status(&office, "old", status).await;
        let new = office.integration("new", "accounting").await;
        for record in page.iter_mut().filter(|record| {
            ["edited", "deleted", "posted", "changed"].contains(&record.external_id.as_str())
        }) {
            record.total_amount = "240".parse().unwrap();
        }
        let (done, notes) = office.invoices(&new, "new", None, &page).await;
        // What its source did not change is as it was, also where a person changed it.
        assert_eq!(done, counts(0, 1, 3, 0, 3), "{status}");
        let mut told: Vec<_> = notes.iter().map(|n| (n.external_id.as_str(), n.reason)).collect();
        told.sort_unstable();
        assert_eq!(told, [("deleted", "deleted"), ("edited", "edited"), ("posted", "posted")]);
        let totals =
            "SELECT string_agg(external_id || ' ' || total_amount, ', ' ORDER BY external_id)
            FROM invoices";
        assert_eq!(
            office.text(totals).await,
            "changed 240.00, edited 999.00, plain 120.00, posted 120.00, quiet 999.00"
        );
        let owned =
            "SELECT count(*) FROM worker.sync_records WHERE integration_id = 'old' AND owns_row";
        assert_eq!(office.text(owned).await, "0", "the new one has them");
        let (again, notes) = office.invoices(&new, "new", None, &page).await;
        assert_eq!((again, notes), (counts(0, 0, 7, 0, 0), vec![]));
        // From now on it follows its source.
        page[0].total_amount = "500".parse().unwrap();
        let (done, _) = office.invoices(&new, "new", None, &page[..1]).await;
        assert_eq!(done, counts(0, 1, 0, 0, 0));
    }
}

#[tokio::test]
async fn the_same_number_of_another_company_is_another_invoice() {
    let office = Office::new().await;
    office
        .sql(
            "INSERT INTO client_companies (id, tenant_id, name, legal_type, tax_number, updated_at)
             VALUES ('other', 'office', 'Ege', 'Limited', '4540536920', now())",
        )
        .await;
    let nameless = |number: &str| {
        let mut record = invoice("1", "120.00");
        record.number = Some(number.to_owned());
        record.supplier = PartyIdentity::default();
        record.customer = party(Some("9026184374"), "Alıcı");
        record
    };
    let old = office.integration("old", "accounting").await;
    office.invoices(&old, "old", Some(own()), &[nameless("A1")]).await;
    set_status(&office, "old", "disconnected").await;
    let new = office.integration("new", "accounting").await;
    let theirs = OwnCompany { id: "other".to_owned(), tax_number: "4540536920".to_owned() };
    let mut record = nameless("B1");
    record.total_amount = "77".parse().unwrap();
    let (done, _) = office.invoices(&new, "new", Some(theirs), &[record]).await;
    assert_eq!(done, counts(1, 0, 0, 0, 0));
    let rows = "SELECT string_agg(client_company_id || ' ' || total_amount, ', ' ORDER BY 1) FROM (
        SELECT client_company_id, total_amount FROM invoices ORDER BY total_amount DESC) i";
    assert_eq!(office.text(rows).await, "company 120.00, other 77.00");
}

#[tokio::test]
async fn a_gone_source_of_the_same_provider_gives_way_by_the_ettn() {
    let office = Office::new().await;
    let old = office.integration("old", "accounting").await;
    let mut one = invoice("1", "120.00");
    one.ettn = Some("f47ac10b-58cc-4372-a567-0e02b2c3d479".to_owned());
    office.invoices(&old, "old", None, &[one.clone()]).await;
    set_status(&office, "old", "disconnected").await;
    let new = office.integration("new", "accounting").await;
    // The same invoice under another id: one row, that follows its source from now on.
    one.external_id = "another".to_owned();
    one.total_amount = "130".parse().unwrap();
    let (done, _) = office.invoices(&new, "new", None, &[one]).await;
    assert_eq!(done, counts(0, 1, 0, 0, 0));
    assert_eq!(
        office.text("SELECT string_agg(total_amount::text, ' ') FROM invoices").await,
        "130.00"
    );
}

#[tokio::test]
async fn a_bank_connected_anew_goes_on_with_its_movements() {
    for status in ["disconnected", "error"] {
        let office = Office::new().await;
        let iban = &ibans()[0];
        let old = office.integration("old", "bank").await;
        let mut page: Vec<_> = ["a", "b", "c"].map(|id| movement(id, iban, "10")).into();
        office.entries(&old, "old", Some(own()), &page).await;
        give_real_account(&office, "b").await;
        set_status(&office, "old", status).await;
        let new = office.integration("new", "bank").await;
        // One more of the same day and amount, which the old one never saw.
        page.push(movement("0", iban, "10"));
        let (done, notes) = office.entries(&new, "new", Some(own()), &page).await;
        assert_eq!((done, notes), (counts(1, 0, 3, 0, 0), vec![]), "{status}");
        for record in &mut page {
            record.description = Some("DÜZELTİLDİ".to_owned());
        }
        let (done, notes) = office.entries(&new, "new", Some(own()), &page).await;
        assert_eq!(done, counts(0, 3, 0, 0, 1));
        assert_eq!((notes[0].external_id.as_str(), notes[0].reason), ("b", "edited"));
        assert_eq!(office.text("SELECT count(*) FROM transactions").await, "4");
    }
}

/// As a person does who knows what a movement was for.
async fn give_real_account(office: &Office, external_id: &str) {
    office
        .sql(&format!(
            "INSERT INTO ledger_accounts (id, tenant_id, code, name, type, updated_at)
                 VALUES ('rent', 'office', '770.01', 'Kira', 'expense', now());
             UPDATE transaction_lines l SET ledger_account_id = 'rent'
             FROM transactions t, ledger_accounts a
             WHERE t.id = l.transaction_id AND a.id = l.ledger_account_id
               AND t.external_id = '{external_id}' AND a.code = '397.01'"
        ))
        .await;
}

fn on(day: &str, record: BankTransactionRecord) -> BankTransactionRecord {
    BankTransactionRecord { booking_date: day.parse().unwrap(), ..record }
}

#[tokio::test]
async fn an_account_that_changes_its_source_has_each_movement_once() {
    let office = Office::new().await;
    let iban = &ibans()[0];
    let files = office.integration("files", "bank").await;
    let page = [
        on("2026-03-01", movement("f1", iban, "10")),
        on("2026-03-02", movement("f2", iban, "10")),
        on("2026-03-02", movement("f3", iban, "10")),
        on("2026-03-02", movement("f4", iban, "-10")),
        on("2026-03-03", movement("f5", iban, "7.25")),
    ];
    office.entries(&files, "files", Some(own()), &page).await;
    give_real_account(&office, "f5").await;
    set_status(&office, "files", "disconnected").await;
    office
        .sql(
            "INSERT INTO integration_providers (id, type, code, name, updated_at)
             VALUES ('open', 'bank', 'OHVPS', 'ÖHVPS', now())",
        )
        .await;
    // Another provider with ids of its own reads the same days and goes on.
    let api = office.integration("api", "open").await;
    let texted = |day: &str, id: &str, amount: &str| {
        let mut record = on(day, movement(id, iban, amount));
        record.description = Some("GELEN EFT /API".to_owned());
        record
    };
    let first = [
        texted("2026-03-01", "o1", "10"),
        texted("2026-03-02", "o2", "10"),
        texted("2026-03-02", "o3", "-10"),
    ];
    let (done, notes) = office.entries(&api, "api", Some(own()), &first).await;
    assert_eq!((done, notes), (counts(0, 0, 3, 0, 0), vec![]));
    // In a later page the second of the day, one that the files did not have yet, and a new day.
    let second = [
        texted("2026-03-02", "o4", "10"),
        texted("2026-03-02", "o5", "10"),
        texted("2026-03-03", "o6", "7.25"),
        texted("2026-03-04", "o7", "10"),
    ];
    let (done, _) = office.entries(&api, "api", Some(own()), &second).await;
    assert_eq!(done, counts(2, 0, 2, 0, 0));
    assert_eq!(office.text("SELECT count(*) FROM transactions").await, "7");
    let balance = "SELECT sum(l.debit_amount - l.credit_amount) FROM transaction_lines l
        JOIN ledger_accounts a ON a.id = l.ledger_account_id WHERE a.code LIKE '102%'";
    assert_eq!(office.text(balance).await, "47.25");
    let (again, _) = office.entries(&api, "api", Some(own()), &second).await;
    assert_eq!(again, counts(0, 0, 4, 0, 0));
    // What it took over follows it, but for what a person has booked.
    let mut changed = second.clone();
    for record in &mut changed {
        record.reference = Some("D-2".to_owned());
    }
    let (done, notes) = office.entries(&api, "api", Some(own()), &changed).await;
    assert_eq!(done, counts(0, 3, 0, 0, 1));
    assert_eq!((notes[0].external_id.as_str(), notes[0].reason), ("o6", "edited"));
}
