//! Made-up bank movements (`MOCK_BANK`).

use async_trait::async_trait;
use domain::Currency;

use super::{Mock, Place};
use crate::{
    connector::{BankConnector, Capabilities, ConnectionReport, Connector, PullRequest},
    environment::{Environment, Integration},
    error::ConnectorError,
    page::Page,
    push::{OutgoingTransaction, PushOutcome, PushResult},
    record::{BankAccountIdentity, BankTransactionRecord, PartyIdentity},
    registry::ConnectorCode,
};

/// The account that the platform's own made-up data has always used.
const IBAN: &str = "TR330006100519786457841326";
const TEXTS: [&str; 5] =
    ["EFT gelen", "Havale giden", "POS satışı", "Kira ödemesi", "Hesap işletim ücreti"];

/// Made-up movements of one account.
#[derive(Debug)]
pub struct MockBank(Mock);

impl MockBank {
    /// From the settings `apiKey`, `seed`, `recordsPerDay` and `faults`.
    ///
    /// # Errors
    /// [`ConnectorError::Unsupported`] where made-up data is not allowed, [`ConnectorError::Config`].
    pub fn new(
        integration: Integration<'_>,
        environment: &Environment,
    ) -> Result<Self, ConnectorError> {
        Mock::new(ConnectorCode::MockBank, integration, environment).map(Self)
    }

    fn movement(&self, place: Place, changed: bool) -> BankTransactionRecord {
        let mut numbers = self.0.numbers(place);
        let text = numbers.one_of(&TEXTS).copied().unwrap_or_default();
        let amount = numbers.kurus(100, 2_500_000);
        let is_out = matches!(text, "Havale giden" | "Kira ödemesi" | "Hesap işletim ücreti");
        BankTransactionRecord {
            external_id: format!("mock-{}-{}", place.day.format("%Y%m%d"), place.number),
            account: BankAccountIdentity {
                iban: IBAN.parse().ok(),
                bank_name: Some("Deneme Bankası".to_owned()),
                ..BankAccountIdentity::default()
            },
            booking_date: place.day,
            value_date: Some(place.day),
            amount: if is_out { -amount } else { amount },
            currency: Currency::TRY,
            balance_after: None,
            description: Some(if changed {
                format!("{text} (düzeltme)")
            } else {
                text.to_owned()
            }),
            reference: Some(format!("D{}{:05}", place.day.format("%y%j"), place.number)),
            counterparty: PartyIdentity::default(),
            pushed_from: None,
        }
    }
}

#[async_trait]
impl Connector for MockBank {
    fn code(&self) -> ConnectorCode {
        ConnectorCode::MockBank
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            pull_bank_transactions: true,
            push_bank_transactions: true,
            ..Capabilities::default()
        }
    }

    async fn test_connection(&self) -> Result<ConnectionReport, ConnectorError> {
        Ok(ConnectionReport {
            message: "Deneme bağlayıcısı hazır; veriler uydurmadır.".to_owned()
        })
    }
}

#[async_trait]
impl BankConnector for MockBank {
    async fn pull_transactions(
        &self,
        request: PullRequest<'_>,
    ) -> Result<Page<BankTransactionRecord>, ConnectorError> {
        self.0.page(
            request,
            |place, changed| self.movement(place, changed),
            |movement| movement.external_id.clone(),
        )
    }

    async fn push_transactions(
        &self,
        transactions: &[OutgoingTransaction],
    ) -> Result<Vec<PushOutcome>, ConnectorError> {
        let outcome = |one: &OutgoingTransaction| PushOutcome {
            id: one.id.clone(),
            result: if one.amount.is_zero() {
                PushResult::Refused { message: "Hareketin tutarı sıfır.".to_owned() }
            } else {
                PushResult::Created { external_id: format!("mock-{}", one.id) }
            },
        };
        Ok(transactions.iter().map(outcome).collect())
    }
}
