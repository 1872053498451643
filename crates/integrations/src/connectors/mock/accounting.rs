//! Made-up invoices (`MOCK_ACCOUNTING`).

use async_trait::async_trait;
use domain::{Currency, round_to_kurus};
use rust_decimal::Decimal;

use super::{Mock, Place};
use crate::{
    connector::{AccountingConnector, Capabilities, ConnectionReport, Connector, PullRequest},
    environment::{Environment, Integration},
    error::ConnectorError,
    page::Page,
    push::{OutgoingInvoice, PushOutcome, PushResult},
    record::{Direction, InvoiceLine, InvoiceRecord, InvoiceStatus, PartyIdentity},
    registry::ConnectorCode,
};

const FIRMS: [&str; 6] = [
    "Örnek Kırtasiye Ltd. Şti.",
    "Deneme Gıda San. ve Tic. A.Ş.",
    "Hayali İnşaat Malzemeleri Ltd. Şti.",
    "Uydurma Lojistik A.Ş.",
    "Kurgu Bilişim Hizmetleri A.Ş.",
    "Masal Tekstil San. Ltd. Şti.",
];
const GOODS: [&str; 5] = ["Danışmanlık hizmeti", "Toner", "Ambalaj malzemesi", "Nakliye", "Kumaş"];
/// Percentages in force since 10 July 2023 (Presidential decree 7346).
const KDV_RATES: [i64; 4] = [1, 10, 20, 20];

/// Made-up invoices of one made-up company.
#[derive(Debug)]
pub struct MockAccounting(Mock);

impl MockAccounting {
    /// From the settings `apiKey`, `seed`, `recordsPerDay` and `faults`.
    ///
    /// # Errors
    /// [`ConnectorError::Unsupported`] where made-up data is not allowed, [`ConnectorError::Config`].
    pub fn new(
        integration: Integration<'_>,
        environment: &Environment,
    ) -> Result<Self, ConnectorError> {
        Mock::new(ConnectorCode::MockAccounting, integration, environment).map(Self)
    }

    fn invoice(&self, place: Place, changed: bool) -> InvoiceRecord {
        let mut numbers = self.0.numbers(place);
        let ettn = numbers.uuid();
        let counterparty = PartyIdentity {
            name: numbers.one_of(&FIRMS).map(|firm| (*firm).to_owned()),
            tax_number: Some(numbers.vkn()),
            external_id: None,
        };
        // One company for all invoices of a seed.
        let own = Place { day: chrono::NaiveDate::MIN, number: 0 };
        let company = PartyIdentity {
            name: Some("Deneme Mükellefi A.Ş.".to_owned()),
            tax_number: Some(self.0.numbers(own).vkn()),
            external_id: Some("mock-company".to_owned()),
        };
        let direction = if numbers.below(3) == 0 { Direction::Purchase } else { Direction::Sales };
        let lines: Vec<InvoiceLine> = (0..=numbers.below(3))
            .map(|_| {
                let quantity = Decimal::from(1 + numbers.below(20));
                let mut unit_price = numbers.kurus(100, 500_000);
                if changed {
                    unit_price += Decimal::ONE;
                }
                let net_amount = round_to_kurus(quantity * unit_price);
                let percent = numbers.one_of(&KDV_RATES).copied().unwrap_or(20);
                let rate = Decimal::new(percent, 2);
                InvoiceLine {
                    description: numbers.one_of(&GOODS).map_or("", |good| good).to_owned(),
                    quantity,
                    unit: Some("C62".to_owned()),
                    unit_price,
                    net_amount,
                    kdv_rate: Some(rate),
                    kdv_amount: Some(round_to_kurus(net_amount * rate)),
                }
            })
            .collect();
        let net: Decimal = lines.iter().map(|line| line.net_amount).sum();
        let tax: Decimal = lines.iter().filter_map(|line| line.kdv_amount).sum();
        let (supplier, customer) = match direction {
            Direction::Sales => (company, counterparty),
            Direction::Purchase => (counterparty, company),
        };
        InvoiceRecord {
            external_id: format!("mock-{}-{}", place.day.format("%Y%m%d"), place.number),
            number: Some(format!("DNM{}{:05}", place.day.format("%Y%j"), place.number)),
            ettn: Some(ettn),
            invoice_type: Some("SATIS".to_owned()),
            direction: Some(direction),
            status: InvoiceStatus::Issued,
            issue_date: place.day,
            due_date: place.day.checked_add_days(chrono::Days::new(30)),
            currency: Currency::TRY,
            exchange_rate: None,
            total_amount: net + tax,
            tax_amount: tax,
            net_amount: Some(net),
            withholding_amount: None,
            supplier,
            customer,
            lines,
            changed_at: None,
            pushed_from: None,
        }
    }
}

#[async_trait]
impl Connector for MockAccounting {
    fn code(&self) -> ConnectorCode {
        ConnectorCode::MockAccounting
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { pull_invoices: true, push_invoices: true, ..Capabilities::default() }
    }

    async fn test_connection(&self) -> Result<ConnectionReport, ConnectorError> {
        Ok(ConnectionReport {
            message: "Deneme bağlayıcısı hazır; veriler uydurmadır.".to_owned()
        })
    }
}

#[async_trait]
impl AccountingConnector for MockAccounting {
    async fn pull_invoices(
        &self,
        request: PullRequest<'_>,
    ) -> Result<Page<InvoiceRecord>, ConnectorError> {
        self.0.page(
            request,
            |place, changed| self.invoice(place, changed),
            |invoice| invoice.external_id.clone(),
        )
    }

    async fn push_invoices(
        &self,
        invoices: &[OutgoingInvoice],
    ) -> Result<Vec<PushOutcome>, ConnectorError> {
        let outcome = |invoice: &OutgoingInvoice| PushOutcome {
            id: invoice.id.as_str().to_owned(),
            result: if invoice.lines.is_empty() {
                PushResult::Refused { message: "Faturanın kalemi yok.".to_owned() }
            } else {
                PushResult::Created { external_id: format!("mock-{}", invoice.id) }
            },
        };
        Ok(invoices.iter().map(outcome).collect())
    }
}
