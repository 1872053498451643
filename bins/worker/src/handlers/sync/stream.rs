//! What a sync job moves, and which way.

/// A stream of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    /// Invoices into the books.
    Invoices,
    /// Bank movements into the books.
    BankTransactions,
    /// Invoices to the other side.
    PushInvoices,
    /// Bank movements to the other side.
    PushBankTransactions,
}

impl Stream {
    /// The stream of a job type (`integration_sync_jobs.job_type`).
    pub(crate) fn of_job(job_type: &str) -> Option<Self> {
        Some(match job_type {
            "pull_invoices" => Self::Invoices,
            "pull_bank_transactions" => Self::BankTransactions,
            "push_invoices" => Self::PushInvoices,
            "push_bank_transactions" => Self::PushBankTransactions,
            _ => return None,
        })
    }

    /// The word of cursors, identities and lists.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Invoices => "invoices",
            Self::BankTransactions => "bank_transactions",
            Self::PushInvoices => "push_invoices",
            Self::PushBankTransactions => "push_bank_transactions",
        }
    }

    /// Whether rows of the books go out.
    pub(crate) const fn is_push(self) -> bool {
        matches!(self, Self::PushInvoices | Self::PushBankTransactions)
    }

    /// What people call it.
    pub(crate) const fn in_turkish(self) -> &'static str {
        match self {
            Self::Invoices => "Fatura eşitlemesi",
            Self::BankTransactions => "Banka hareketi eşitlemesi",
            Self::PushInvoices => "Fatura gönderimi",
            Self::PushBankTransactions => "Banka hareketi gönderimi",
        }
    }
}
