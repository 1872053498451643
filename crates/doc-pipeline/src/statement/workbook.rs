//! Workbooks to tables, by calamine. Only within the bounded child process: a small file may hold a
//! very large sheet.

use std::io::{Cursor, Read, Write};

use calamine::{Data, DataRef, ExcelDateTime, Reader as _, Xls, Xlsx};
use chrono::NaiveDate;
use domain::round_to_kurus;
use rust_decimal::Decimal;

use super::grid::{Cell, MAX_CELLS, Row, Sheet};
use crate::{
    archive,
    error::{Limit, ReadError},
    limits::Limits,
    media::Media,
};

/// Sheets that are looked at.
const MAX_SHEETS: usize = 32;

/// The part that holds the styles; some exporters write it broken.
const STYLES: &str = "xl/styles.xml";

/// Styles that mean nothing: dates arrive as serial numbers then.
const NO_STYLES: &[u8] = br#"<?xml version="1.0" encoding="UTF-8"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>"#;

/// Reads all sheets.
pub(super) fn sheets(bytes: &[u8], media: Media, limits: &Limits) -> Result<Vec<Sheet>, ReadError> {
    if media == Media::Xls {
        return xls(bytes);
    }
    archive::hold_to_limits(bytes, limits)?;
    match xlsx(bytes, false) {
        Ok(sheets) => Ok(sheets),
        Err(error @ ReadError::LimitExceeded(_)) => Err(error),
        Err(error) => {
            let Some((repaired, is_1904)) = with_other_styles(bytes, limits) else {
                return Err(error);
            };
            xlsx(&repaired, is_1904)
        }
    }
}

/// The library's own texts may quote the document.
fn corrupt(_: impl std::fmt::Display) -> ReadError {
    ReadError::Corrupt("the workbook cannot be read".to_owned())
}

/// Reads cell by cell: what a sheet declares as its size is not believed.
fn xlsx(bytes: &[u8], is_1904: bool) -> Result<Vec<Sheet>, ReadError> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(corrupt)?;
    let mut out = Vec::new();
    let mut cells = 0_usize;
    for name in workbook.sheet_names().into_iter().take(MAX_SHEETS) {
        let mut sheet = Sheet { rows: Vec::new(), is_1904 };
        // A sheet of charts has no cells.
        let Ok(mut reader) = workbook.worksheet_cells_reader(&name) else { continue };
        let mut current = None;
        while let Some(cell) = reader.next_cell().map_err(corrupt)? {
            let (row, column) = cell.get_position();
            let value = of_ref(cell.get_value());
            if value == Cell::Empty {
                continue;
            }
            if current != Some(row) {
                current = Some(row);
                sheet.rows.push(Row::default());
            }
            let column = usize::try_from(column).unwrap_or(usize::MAX);
            let Some(own) = sheet.rows.last_mut() else { continue };
            // Empty cells up to here count as well: a row may begin at its last column.
            cells += column.saturating_add(1).saturating_sub(own.cells.len()).max(1);
            if cells > MAX_CELLS {
                return Err(ReadError::LimitExceeded(Limit::Output));
            }
            if own.cells.len() <= column {
                own.cells.resize(column + 1, Cell::Empty);
            }
            if let Some(slot) = own.cells.get_mut(column) {
                *slot = value;
            }
        }
        out.push(sheet);
    }
    Ok(out)
}

fn xls(bytes: &[u8]) -> Result<Vec<Sheet>, ReadError> {
    // Other programs keep their documents in the same container: its directory names the parts.
    let has = |name: &[u8]| bytes.windows(name.len()).any(|window| window == name);
    if !has(b"W\0o\0r\0k\0b\0o\0o\0k\0") && !has(b"B\0o\0o\0k\0") {
        return Err(ReadError::Unsupported("OLE".to_owned()));
    }
    let mut workbook: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|error| match error {
        calamine::XlsError::Password => ReadError::Encrypted,
        error => corrupt(error),
    })?;
    let mut out = Vec::new();
    let mut cells = 0_usize;
    for name in workbook.sheet_names().into_iter().take(MAX_SHEETS) {
        let Ok(range) = workbook.worksheet_range(&name) else { continue };
        cells += range.get_size().0.saturating_mul(range.get_size().1);
        if cells > MAX_CELLS {
            return Err(ReadError::LimitExceeded(Limit::Output));
        }
        let rows = range
            .rows()
            .map(|row| Row { cells: row.iter().map(of_data).collect() })
            .filter(|row| row.cells.iter().any(|cell| *cell != Cell::Empty))
            .collect();
        out.push(Sheet { rows, is_1904: false });
    }
    Ok(out)
}

fn of_ref(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Int(number) => Cell::Number(Decimal::from(*number)),
        DataRef::Float(number) => number_of(*number),
        DataRef::String(text) | DataRef::DateTimeIso(text) => Cell::text(text),
        DataRef::SharedString(text) => Cell::text(text),
        DataRef::DateTime(moment) => moment_of(moment),
        DataRef::Bool(_) | DataRef::DurationIso(_) | DataRef::Error(_) | DataRef::Empty => {
            Cell::Empty
        }
    }
}

fn of_data(value: &Data) -> Cell {
    match value {
        Data::Int(number) => Cell::Number(Decimal::from(*number)),
        Data::Float(number) => number_of(*number),
        Data::String(text) | Data::DateTimeIso(text) => Cell::text(text),
        Data::DateTime(moment) => moment_of(moment),
        _ => Cell::Empty,
    }
}

/// A workbook holds binary floats: the shortest decimal text that means the same one is what was
/// typed; what a formula left behind the ninth decimal is not.
fn number_of(number: f64) -> Cell {
    // Never in exponents, so at most some hundred digits.
    let text = format!("{number}");
    match text.parse::<Decimal>() {
        Ok(value) => Cell::Number(if value.scale() > 9 { round_to_kurus(value) } else { value }),
        Err(_) => Cell::Empty,
    }
}

fn moment_of(moment: &ExcelDateTime) -> Cell {
    if moment.is_duration() {
        return number_of(moment.as_f64());
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let Some(day) = NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day))
    else {
        return number_of(moment.as_f64());
    };
    let time = match (hour, minute, second) {
        (0, 0, 0) => None,
        (hour, minute, 0) => Some(format!("{hour:02}:{minute:02}")),
        (hour, minute, second) => Some(format!("{hour:02}:{minute:02}:{second:02}")),
    };
    if moment.as_f64() < 1.0 {
        // A time of day alone.
        return time.map_or(Cell::Empty, Cell::Text);
    }
    Cell::Moment(day, time)
}

/// The workbook with its styles replaced by none, and whether its days count from 1904.
fn with_other_styles(bytes: &[u8], limits: &Limits) -> Option<(Vec<u8>, bool)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut is_1904 = false;
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut has_styles = false;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).ok()?;
        let name = entry.name().ok()?.into_owned();
        if name == STYLES {
            has_styles = true;
            drop(entry);
            out.start_file(STYLES, zip::write::SimpleFileOptions::default()).ok()?;
            out.write_all(NO_STYLES).ok()?;
        } else {
            out.raw_copy_file(entry).ok()?;
        }
        if name == "xl/workbook.xml" {
            let mut text = String::new();
            let entry = archive.by_index(index).ok()?;
            entry.take(limits.xml_bytes).read_to_string(&mut text).ok()?;
            is_1904 =
                ["date1904=\"1\"", "date1904=\"true\""].iter().any(|flag| text.contains(flag));
        }
    }
    let bytes = out.finish().ok()?.into_inner();
    has_styles.then_some((bytes, is_1904))
}
