//! Tables of banks, whatever they came in: the heading is found by its words, never by its row, because
//! layouts change with the bank's web site.

pub(super) mod amount;
mod balances;
mod card;
mod date;
mod header;
mod meta;
mod rows;

use std::borrow::Cow;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::model::Draft;
use crate::{error::ReadError, media::Media, parse::fold::compact};

/// Cells of all sheets together.
pub(super) const MAX_CELLS: usize = 2_000_000;

/// Rows in which a heading is looked for.
const HEAD_ROWS: usize = 200;

/// One cell.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// Text, without blanks around it.
    Text(String),
    /// A typed number.
    Number(Decimal),
    /// A typed date, with its time where that is not midnight.
    Moment(NaiveDate, Option<String>),
}

impl Cell {
    /// Text, or an empty cell.
    pub(super) fn text(text: &str) -> Self {
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        if text.is_empty() { Self::Empty } else { Self::Text(text.to_owned()) }
    }

    /// The cell as a person sees it.
    pub(super) fn shown(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Owned(number.normalize().to_string()),
            Self::Moment(day, _) => Cow::Owned(day.format("%d.%m.%Y").to_string()),
        }
    }

    fn is_empty(&self) -> bool {
        *self == Self::Empty
    }
}

/// One row; cells to the right may be left out.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Row {
    pub(super) cells: Vec<Cell>,
}

impl Row {
    fn cell(&self, column: usize) -> &Cell {
        static EMPTY: Cell = Cell::Empty;
        self.cells.get(column).unwrap_or(&EMPTY)
    }
}

/// One sheet of a workbook, or the whole of a text.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Sheet {
    pub(super) rows: Vec<Row>,
    /// Whether day 0 of a serial number is 1 January 1904.
    pub(super) is_1904: bool,
}

/// Reads every sheet that has a heading of movements.
///
/// # Errors
/// [`ReadError::Unsupported`] when none has one.
pub(super) fn read(sheets: &[Sheet], draft: &mut Draft, media: Media) -> Result<(), ReadError> {
    let mut found = false;
    for sheet in sheets {
        let head = sheet.rows.get(..sheet.rows.len().min(HEAD_ROWS)).unwrap_or_default();
        let Some((at, columns)) = header::find(head) else { continue };
        found = true;
        let mut meta = meta::read(sheet.rows.get(..at).unwrap_or_default());
        if let Some(row) = sheet.rows.get(at) {
            let heads = || row.cells.iter().map(Cell::shown);
            meta.is_turkish = heads().any(|head| compact(&head).contains("tarih"));
            meta.currency = meta.currency.or_else(|| {
                heads()
                    .filter(|head| head.contains(['(', '[']))
                    .find_map(|head| meta::currency(&head))
            });
        }
        rows::read(sheet, at, columns, meta, draft)?;
    }
    if found { Ok(()) } else { Err(ReadError::Unsupported(media.name().to_owned())) }
}
