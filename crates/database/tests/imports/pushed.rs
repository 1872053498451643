//! What was sent to a source comes back from it.

use database::integrations::push::{Pushed, record_pushed};
use jobs_core::LeaseRef;

use crate::bank::{ibans, movement};
use crate::invoices::invoice;
use crate::office::{Office, counts, own};

/// Invoices as a person enters them.
async fn enter(office: &Office, ids: &[&str]) {
    for id in ids {
        office
            .sql(&format!(
                "INSERT INTO invoices (id, tenant_id, client_company_id, type, issue_date,
                     total_amount, tax_amount, status, source, counterparty_name, updated_at)
                 VALUES ('{id}', 'office', 'company', 'SATIŞ', '2026-03-02Z', 120, 20, 'kesildi',
                     'manual', 'Elle yazılan', now())"
            ))
            .await;
    }
}

async fn sent(office: &Office, lease: &LeaseRef, stream: &str, sent: &[(&str, &str)]) {
    let pushed: Vec<Pushed> = sent
        .iter()
        .map(|(id, there)| Pushed { id: (*id).to_owned(), result: Ok((*there).to_owned()) })
        .collect();
    let held = record_pushed(&office.database, lease, "parasut", stream, &pushed).await.unwrap();
    assert!(held);
}

#[tokio::test]
async fn a_sent_invoice_is_its_row_when_it_comes_back() {
    let office = Office::new().await;
    let lease = office.integration("parasut", "accounting").await;
    enter(&office, &["hand1", "hand2", "hand3"]).await;
    sent(&office, &lease, "push_invoices", &[("hand1", "1"), ("hand2", "2")]).await;
    let mut page: Vec<_> = ["1", "2", "3", "4", "5"].map(|id| invoice(id, "120.00")).into();
    // The second says another amount, the end of the third's push was not recorded, and somebody has
    // copied it there, mark and all. The last has a mark that is nobody's.
    page[1].total_amount = "121".parse().unwrap();
    page[2].pushed_from = Some("hand3".to_owned());
    page[3].pushed_from = Some("hand3".to_owned());
    page[4].pushed_from = Some("elsewhere".to_owned());
    let (done, notes) = office.invoices(&lease, "parasut", Some(own()), &page).await;
    assert_eq!(done, counts(2, 0, 2, 0, 1));
    assert_eq!((notes[0].external_id.as_str(), notes[0].reason), ("2", "pushed"));
    assert!(notes[0].message.contains("toplam: 120,00 yerine 121,00"), "{}", notes[0].message);
    assert_eq!(office.text("SELECT count(*) FROM invoices").await, "5");
    // What a person entered is theirs, whatever becomes of it there.
    for record in &mut page {
        record.total_amount = "240".parse().unwrap();
    }
    let (done, notes) = office.invoices(&lease, "parasut", Some(own()), &page).await;
    assert_eq!(done, counts(0, 2, 0, 0, 3));
    assert!(notes.iter().all(|note| note.reason == "pushed"));
    let theirs = "SELECT count(*) FROM invoices WHERE source = 'manual' AND total_amount = 120
        AND counterparty_name = 'Elle yazılan'";
    assert_eq!(office.text(theirs).await, "3");
    let (again, notes) = office.invoices(&lease, "parasut", Some(own()), &page).await;
    assert_eq!((again, notes), (counts(0, 0, 5, 0, 0), vec![]));
}

#[tokio::test]
async fn a_mark_of_another_office_is_nobodys() {
    let office = Office::new().await;
    let lease = office.integration("parasut", "accounting").await;
    office
        .sql(
            "INSERT INTO tenants (id, name, slug, updated_at) VALUES ('theirs', 'Diğer', 'diger', now());
             INSERT INTO client_companies (id, tenant_id, name, legal_type, tax_number, updated_at)
                 VALUES ('stranger', 'theirs', 'Yabancı', 'Limited', '4540536920', now());
             INSERT INTO invoices (id, tenant_id, client_company_id, type, issue_date, total_amount,
                 tax_amount, status, updated_at)
             VALUES ('foreign', 'theirs', 'stranger', 'SATIŞ', '2026-03-02Z', 120, 20, 'kesildi', now())",
        )
        .await;
    let mut record = invoice("1", "120.00");
    record.pushed_from = Some("foreign".to_owned());
    let (done, _) = office.invoices(&lease, "parasut", Some(own()), &[record]).await;
    assert_eq!(done, counts(1, 0, 0, 0, 0));
}

#[tokio::test]
async fn a_sent_movement_is_its_row_whoever_serves_the_account() {
    let office = Office::new().await;
    let iban = &ibans()[0];
    let bank = office.integration("bank", "bank").await;
    let page = ["a", "b", "c"].map(|id| movement(id, iban, "10"));
    office.entries(&bank, "bank", Some(own()), &page).await;
    let lease = office.integration("parasut", "accounting").await;
    let id_of = async |external_id: &str| {
        office
            .text(&format!("SELECT id FROM transactions WHERE external_id = '{external_id}'"))
            .await
    };
    let (a, b) = (id_of("a").await, id_of("b").await);
    sent(&office, &lease, "push_bank_transactions", &[(&a, "p1")]).await;
    let mut page = ["p1", "p2", "p3"].map(|id| movement(id, iban, "10"));
    page[1].pushed_from = Some(b);
    let (done, notes) = office.entries(&lease, "parasut", Some(own()), &page).await;
    assert_eq!(done, counts(0, 0, 2, 1, 0));
    assert_eq!((notes[0].external_id.as_str(), notes[0].reason), ("p3", "account_served"));
    assert_eq!(office.text("SELECT count(*) FROM transactions").await, "3");
    // They are still the bank's: its changes are written, what the other side makes of them is told.
    page[0].description = Some("Orada değişti".to_owned());
    let (done, notes) = office.entries(&lease, "parasut", Some(own()), &page[..1]).await;
    assert_eq!((done, notes[0].reason), (counts(0, 0, 0, 0, 1), "pushed"));
    let mut changed = movement("a", iban, "10");
    changed.description = Some("Bankada değişti".to_owned());
    let (done, _) = office.entries(&bank, "bank", Some(own()), &[changed]).await;
    assert_eq!(done, counts(0, 1, 0, 0, 0));
}
