//! What a statement file says, before it is judged.

use chrono::NaiveDate;
use domain::Currency;
use rust_decimal::Decimal;

use super::{MAX_MOVEMENTS, MAX_STATEMENTS};
use crate::{
    error::{Limit, ReadError},
    evidence::Source,
    fields::BankTransaction,
    findings::Findings,
    media::Media,
};

/// One statement of a file; several of them may be of one account.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about one statement")]
pub(super) struct Statement {
    /// Account number as written, without blanks around it.
    pub(super) account_number: Option<String>,
    /// IBAN without blanks; its check digits agree.
    pub(super) iban: Option<String>,
    pub(super) bank_name: Option<String>,
    pub(super) account_holder: Option<String>,
    pub(super) currency: Option<Currency>,
    /// Whether no currency is written anywhere in a Turkish table, which leaves it out for lira alone.
    pub(super) is_lira_assumed: bool,
    pub(super) start_date: Option<NaiveDate>,
    pub(super) end_date: Option<NaiveDate>,
    pub(super) opening: Option<Decimal>,
    pub(super) closing: Option<Decimal>,
    /// Whether the closing balance is final: an interim one need not tie.
    pub(super) is_closed: bool,
    /// Sums of money in and out as stated (MT942), by which the movements are held.
    pub(super) stated_sums: [Option<Decimal>; 2],
    /// In the order of the file.
    pub(super) movements: Vec<BankTransaction>,
    /// Whether neither the amounts nor any balance say which way the money went.
    pub(super) signs_open: bool,
    /// Whether the file ends within the statement: what the movements after it were is not known.
    pub(super) is_cut: bool,
    /// Movements that could not be read.
    pub(super) unread: usize,
    /// Movements that the bank has announced and not booked.
    pub(super) pending: usize,
}

impl Statement {
    /// Whether nothing at all was read.
    pub(super) fn is_empty(&self) -> bool {
        self.movements.is_empty()
            && self.unread == 0
            && self.pending == 0
            && self.opening.is_none()
            && self.closing.is_none()
            && self.iban.is_none()
            && self.account_number.is_none()
    }

    /// By what statements of one account are known.
    pub(super) fn account(&self) -> (Option<&str>, Option<Currency>) {
        (self.iban.as_deref().or(self.account_number.as_deref()), self.currency)
    }
}

/// All statements of a file.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) media: Media,
    pub(super) source: Source,
    /// Written to `document_ocr_results.engine`.
    pub(super) engine: &'static str,
    pub(super) statements: Vec<Statement>,
    pub(super) findings: Findings,
    movements: usize,
}

impl Draft {
    pub(super) fn new(media: Media, source: Source, engine: &'static str) -> Self {
        Self {
            media,
            source,
            engine,
            statements: Vec::new(),
            findings: Findings::default(),
            movements: 0,
        }
    }

    /// Counts a movement.
    ///
    /// # Errors
    /// When there are more than any bank hands out at once.
    pub(super) fn count(&mut self) -> Result<(), ReadError> {
        self.movements += 1;
        if self.movements > MAX_MOVEMENTS {
            return Err(ReadError::LimitExceeded(Limit::Output));
        }
        Ok(())
    }

    /// Adds a statement, unless nothing was read of it.
    pub(super) fn push(&mut self, statement: Statement) -> Result<(), ReadError> {
        if statement.is_empty() {
            return Ok(());
        }
        if self.statements.len() == MAX_STATEMENTS {
            return Err(ReadError::LimitExceeded(Limit::Output));
        }
        self.statements.push(statement);
        Ok(())
    }
}
