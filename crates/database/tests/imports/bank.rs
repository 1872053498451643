//! Bank movements.

use integrations::{BankAccountIdentity, BankTransactionRecord, PartyIdentity};

use crate::office::{Office, counts, own};

pub(crate) fn movement(id: &str, iban: &str, amount: &str) -> BankTransactionRecord {
    BankTransactionRecord {
        external_id: id.to_owned(),
        account: BankAccountIdentity { iban: iban.parse().ok(), ..BankAccountIdentity::default() },
        booking_date: "2026-03-05".parse().unwrap(),
        value_date: None,
        amount: amount.parse().unwrap(),
        currency: "TRY".parse().unwrap(),
        balance_after: None,
        description: Some("EFT GELEN".to_owned()),
        reference: Some("D-1".to_owned()),
        counterparty: PartyIdentity::default(),
        pushed_from: None,
    }
}

/// Valid IBANs of several banks, made from account numbers.
pub(crate) fn ibans() -> Vec<String> {
    let made = |bank: &str, account: u32| {
        let rest = format!("{bank}0{account:016}");
        let digits = format!("{rest}292700");
        let remainder = digits.bytes().fold(0_u32, |r, b| (r * 10 + u32::from(b - b'0')) % 97);
        format!("TR{:02}{rest}", 98 - remainder)
    };
    let mut all: Vec<String> = ["00064", "00062", "00010"].map(|bank| made(bank, 7)).into();
    all.extend((1..=3).map(|n| made("00064", n)));
    all
}

#[tokio::test]
async fn movements_become_balanced_entries_on_an_account_of_each_iban() {
    let office = Office::new().await;
    let lease = office.integration("bank", "bank").await;
    let ibans = ibans();
    let mut page = Vec::new();
    for (at, iban) in ibans.iter().enumerate() {
        page.push(movement(&format!("in{at}"), iban, "100.25"));
        page.push(movement(&format!("out{at}"), iban, "-40.10"));
    }
    let (done, notes) = office.entries(&lease, "bank", Some(own()), &page).await;
    assert_eq!((done, notes), (counts(12, 0, 0, 0, 0), vec![]));
    let unbalanced = "SELECT count(*) FROM (SELECT transaction_id FROM transaction_lines
        GROUP BY transaction_id HAVING sum(debit_amount) <> sum(credit_amount) OR count(*) <> 2) t";
    assert_eq!(office.text(unbalanced).await, "0");
    // Money in is a debit of the bank's account.
    let codes = "SELECT string_agg(code || ' ' || debit || ' ' || credit, ', ' ORDER BY code) FROM (
        SELECT a.code, sum(l.debit_amount) AS debit, sum(l.credit_amount) AS credit
        FROM ledger_accounts a JOIN transaction_lines l ON l.ledger_account_id = a.id GROUP BY a.code) t";
    assert_eq!(
        office.text(codes).await,
        "102.0010.001 100.25 40.10, 102.0062.001 100.25 40.10, 102.0064.001 100.25 40.10, \
         102.0064.002 100.25 40.10, 102.0064.003 100.25 40.10, 102.0064.004 100.25 40.10, \
         397.01 240.60 601.50"
    );
    let banks = "SELECT string_agg(DISTINCT bank_name, ', ' ORDER BY bank_name) FROM client_company_bank_accounts";
    assert_eq!(office.text(banks).await, "Garanti BBVA, Türkiye İş Bankası, Ziraat Bankası");
    let (again, _) = office.entries(&lease, "bank", Some(own()), &page).await;
    assert_eq!(again, counts(0, 0, 12, 0, 0));
    assert_eq!(office.text("SELECT count(*) FROM ledger_accounts").await, "7");

    // A person gives one movement its real account: it is theirs now. Others follow their source.
    office
        .sql(
            "INSERT INTO ledger_accounts (id, tenant_id, code, name, type, updated_at)
                 VALUES ('rent', 'office', '770.01', 'Kira', 'expense', now());
             UPDATE transaction_lines l SET ledger_account_id = 'rent'
             FROM transactions t, ledger_accounts a
             WHERE t.id = l.transaction_id AND a.id = l.ledger_account_id
               AND t.external_id = 'out0' AND a.code = '397.01'",
        )
        .await;
    for record in page.iter_mut().take(2) {
        record.description = Some("DÜZELTİLDİ".to_owned());
    }
    let (done, notes) = office.entries(&lease, "bank", Some(own()), &page).await;
    assert_eq!((done, notes[0].reason), (counts(0, 1, 10, 0, 1), "edited"));
}

#[tokio::test]
async fn an_account_is_brought_by_one_source_at_a_time() {
    let office = Office::new().await;
    let first = office.integration("bank", "bank").await;
    let second = office.integration("files", "bank").await;
    let iban = &ibans()[0];
    let page = [movement("a", iban, "10")];
    let (done, _) = office.entries(&first, "bank", Some(own()), &page).await;
    assert_eq!(done.created, 1);
    let (done, notes) =
        office.entries(&second, "files", Some(own()), &[movement("b", iban, "10")]).await;
    assert_eq!((done.skipped, notes[0].reason), (1, "account_served"));
    // The first one is disconnected: the second takes over what it brought, and its account.
    office.sql("UPDATE tenant_integrations SET status = 'disconnected' WHERE id = 'bank'").await;
    let next = [movement("a", iban, "10"), movement("c", iban, "5")];
    let (done, _) = office.entries(&second, "files", Some(own()), &next).await;
    assert_eq!((done.created, done.skipped), (1, 0), "one is the first source's");
    assert_eq!(office.text("SELECT count(*) FROM transactions").await, "2");
    assert_eq!(office.text("SELECT count(*) FROM ledger_accounts").await, "2");
}

#[tokio::test]
async fn what_cannot_be_booked_waits_with_its_reason() {
    let office = Office::new().await;
    let lease = office.integration("bank", "bank").await;
    let iban = &ibans()[0];
    let mut euro = movement("euro", iban, "10");
    euro.currency = "EUR".parse().unwrap();
    let mut numbered = movement("number", "", "10");
    numbered.account.number = Some("123".to_owned());
    let page = [
        euro,
        numbered,
        movement("zero", iban, "0.00"),
        movement("huge", iban, "99999999999999"),
        movement("unknown", iban, "5"),
    ];
    let (done, notes) = office.entries(&lease, "bank", None, &page).await;
    assert_eq!(done, counts(0, 0, 0, 5, 0));
    let mut told: Vec<_> = notes.iter().map(|n| (n.external_id.as_str(), n.reason)).collect();
    told.sort_unstable();
    assert_eq!(
        told,
        [
            ("euro", "foreign_currency"),
            ("huge", "amount"),
            ("number", "account_unknown"),
            ("unknown", "account_unknown"),
            ("zero", "zero_amount")
        ]
    );
    assert_eq!(office.text("SELECT count(*) FROM transactions").await, "0");
    assert_eq!(office.text("SELECT count(*) FROM client_companies").await, "1");
}

#[tokio::test]
async fn an_account_that_was_deleted_in_the_platform_keeps_its_ledger_account_and_its_source() {
    let office = Office::new().await;
    let iban = &ibans()[0];
    let lease = office.integration("bank", "bank").await;
    office.entries(&lease, "bank", Some(own()), &[movement("a", iban, "10")]).await;
    office.sql("DELETE FROM client_company_bank_accounts").await;
    let (done, _) = office.entries(&lease, "bank", Some(own()), &[movement("b", iban, "10")]).await;
    assert_eq!(done, counts(1, 0, 0, 0, 0));
    assert_eq!(office.text("SELECT count(*) FROM ledger_accounts").await, "2");
    assert_eq!(office.text("SELECT count(*) FROM client_company_bank_accounts").await, "1");
    office.sql("DELETE FROM client_company_bank_accounts").await;
    let second = office.integration("files", "bank").await;
    let (done, notes) =
        office.entries(&second, "files", Some(own()), &[movement("c", iban, "10")]).await;
    assert_eq!((done.skipped, notes[0].reason), (1, "account_served"));
}

#[tokio::test]
async fn an_account_with_a_wrong_currency_can_be_mended() {
    let office = Office::new().await;
    let iban = &ibans()[0];
    let lease = office.integration("bank", "bank").await;
    office
        .sql(&format!(
            "INSERT INTO client_company_bank_accounts
                 (id, tenant_id, client_company_id, bank_name, iban, currency, updated_at)
             VALUES ('account', 'office', 'company', 'İş', '{iban}', 'EUR', now())"
        ))
        .await;
    let page = [movement("a", iban, "10")];
    let (done, notes) = office.entries(&lease, "bank", None, &page).await;
    assert_eq!((done.skipped, notes[0].reason), (1, "account_currency"));
    office.sql("UPDATE client_company_bank_accounts SET currency = 'TRY'").await;
    let (done, _) = office.entries_again(&lease, "bank", &page).await;
    assert_eq!(done, counts(1, 0, 0, 0, 0));
    assert_eq!(office.text("SELECT count(*) FROM worker.sync_set_aside").await, "0");
}
