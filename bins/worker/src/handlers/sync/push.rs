//! Rows of the books to the other side, each once.

use std::collections::HashMap;

use database::integrations::push::{
    Pushed, Target, UnpushedEntry, UnpushedInvoice, record_pushed, unpushed_entries,
    unpushed_invoices,
};
use domain::{Currency, InvoiceId};
use integrations::{
    BankAccountIdentity, ConnectorError, Direction, InvoiceLine, OutgoingInvoice,
    OutgoingTransaction, PartyIdentity, PushOutcome, PushResult,
};

use super::{Run, Stream, failing::Stop};

/// Rows sent at once.
const ROWS: i64 = 100;

impl Run<'_> {
    /// Oldest first; a row that is refused does not hold up those behind it, and is tried again by the
    /// next job.
    pub(super) async fn push(&self) -> Result<(), Stop> {
        if self.config.switch("pushSyncEnabled").map_err(Stop::Setup)? != Some(true) {
            return Err(Stop::refused(
                "pushSyncEnabled is not true",
                "Gönderim bu entegrasyonda kapalı; entegrasyon ayarlarından açın.",
            ));
        }
        // Before there is anything to send: nothing sent by one that cannot send is no success.
        let can = self.connected.capabilities();
        let (can, what) = match self.stream {
            Stream::PushBankTransactions => (can.push_bank_transactions, "push_bank_transactions"),
            _ => (can.push_invoices, "push_invoices"),
        };
        if !can {
            let error = ConnectorError::unsupported(self.connected.code(), what);
            return Err(Stop::Source(error, 0));
        }
        let (mut after, mut batches) = (String::new(), 0);
        loop {
            let ids = match self.stream {
                Stream::PushBankTransactions => self.push_entries(&after, batches).await?,
                _ => self.push_invoices(&after, batches).await?,
            };
            let Some(last) = ids else { return Ok(()) };
            after = last;
            batches += 1;
        }
    }

    /// The rows of one company: what is at the other side is one firm's.
    fn target(&self) -> Result<Target<'_>, Stop> {
        let asked = self.job.payload.client_company_id.as_deref();
        let own = self.own.as_ref().map(|own| own.id.as_str());
        if let (Some(asked), Some(own)) = (asked, own)
            && asked != own
        {
            return Err(Stop::refused(
                "the job's company is not the integration's",
                "Bu entegrasyon başka bir mükellefe bağlı; o mükellefin kayıtları gönderilir.",
            ));
        }
        let Some(company) = own.or(asked) else {
            return Err(Stop::refused(
                "the integration has no company whose rows would be pushed",
                "Gönderim için entegrasyonu bir mükellefe bağlayın; bir firmaya yalnız bir mükellefin \
                 kayıtları gönderilir.",
            ));
        };
        Ok(Target {
            tenant: &self.job.tenant,
            integration_id: &self.job.payload.integration_id,
            client_company_id: Some(company),
        })
    }

    async fn push_invoices(&self, after: &str, batches: usize) -> Result<Option<String>, Stop> {
        let rows = unpushed_invoices(&self.handler.database, self.target()?, after, ROWS).await?;
        let Some(last) = rows.last().map(|row| row.id.clone()) else { return Ok(None) };
        let (outgoing, refused) = sorted(rows.into_iter().map(invoice));
        let connector =
            self.connected.accounting().map_err(|error| Stop::Source(error, batches))?;
        let answered = if outgoing.is_empty() {
            Ok(Vec::new())
        } else {
            connector.push_invoices(&outgoing).await
        };
        self.record(answered, refused, batches).await?;
        Ok(Some(last))
    }

    async fn push_entries(&self, after: &str, batches: usize) -> Result<Option<String>, Stop> {
        let rows = unpushed_entries(&self.handler.database, self.target()?, after, ROWS).await?;
        let Some(last) = rows.last().map(|row| row.id.clone()) else { return Ok(None) };
        let (outgoing, refused) = sorted(rows.into_iter().map(transaction));
        let connector = self.connected.bank().map_err(|error| Stop::Source(error, batches))?;
        let answered = if outgoing.is_empty() {
            Ok(Vec::new())
        } else {
            connector.push_transactions(&outgoing).await
        };
        self.record(answered, refused, batches).await?;
        Ok(Some(last))
    }

    async fn record(
        &self,
        answered: Result<Vec<PushOutcome>, ConnectorError>,
        refused: Vec<Pushed>,
        batches: usize,
    ) -> Result<(), Stop> {
        // What the source did not answer is asked for again: it knows what it has by our ids.
        let outcomes = answered.map_err(|error| Stop::Source(error, batches))?;
        let mut pushed: HashMap<String, Pushed> = HashMap::new();
        for PushOutcome { id, result } in outcomes {
            let result = match result {
                PushResult::Created { external_id } | PushResult::AlreadyThere { external_id } => {
                    Ok(external_id)
                }
                PushResult::Refused { message } => Err(message),
            };
            pushed.insert(id.clone(), Pushed { id, result });
        }
        pushed.extend(refused.into_iter().map(|one| (one.id.clone(), one)));
        let pushed: Vec<Pushed> = pushed.into_values().collect();
        let held = record_pushed(
            &self.handler.database,
            &self.job.lease(),
            &self.job.payload.integration_id,
            self.stream.as_str(),
            &pushed,
        )
        .await?;
        if held { Ok(()) } else { Err(Stop::LostLease) }
    }
}

fn sorted<T>(rows: impl Iterator<Item = Result<T, Pushed>>) -> (Vec<T>, Vec<Pushed>) {
    let (mut outgoing, mut refused) = (Vec::new(), Vec::new());
    for row in rows {
        match row {
            Ok(row) => outgoing.push(row),
            Err(pushed) => refused.push(pushed),
        }
    }
    (outgoing, refused)
}

fn invoice(row: UnpushedInvoice) -> Result<OutgoingInvoice, Pushed> {
    let UnpushedInvoice { id, number, invoice_type, exchange_rate, content } = row;
    let refused = |message: &str| Pushed { id: id.clone(), result: Err(message.to_owned()) };
    let currency: Currency =
        content.currency.parse().map_err(|_| refused("Faturanın para birimi geçersiz."))?;
    let direction = match content.kind.as_str() {
        "SATIŞ" => Direction::Sales,
        "ALIŞ" => Direction::Purchase,
        _ => return Err(refused("Faturanın türü ne satış ne alış.")),
    };
    Ok(OutgoingInvoice {
        number,
        invoice_type,
        exchange_rate: exchange_rate.and_then(|rate| rate.trim().parse().ok()),
        direction,
        issue_date: content.issue_date,
        due_date: content.due_date,
        currency,
        total_amount: content.total_amount,
        tax_amount: content.tax_amount,
        counterparty: PartyIdentity {
            name: content.counterparty_name,
            tax_number: content.counterparty_tax_number,
            external_id: None,
        },
        lines: content
            .lines
            .into_iter()
            .map(|line| InvoiceLine {
                description: line.description,
                quantity: line.quantity,
                unit: None,
                unit_price: line.unit_price,
                net_amount: line.line_total,
                kdv_rate: Some(line.vat_rate),
                kdv_amount: Some(line.vat_amount),
            })
            .collect(),
        id: InvoiceId::new(id),
    })
}

fn transaction(row: UnpushedEntry) -> Result<OutgoingTransaction, Pushed> {
    let UnpushedEntry { id, date, description, iban, amount } = row;
    let Ok(iban) = iban.parse() else {
        return Err(Pushed { id, result: Err("Hesabın IBAN'ı geçersiz.".to_owned()) });
    };
    let account = BankAccountIdentity { iban: Some(iban), ..BankAccountIdentity::default() };
    Ok(OutgoingTransaction { id, account, date, amount, currency: Currency::TRY, description })
}
