//! The tables of a web page: rows and cells, text alone. Nothing is run, loaded or styled.

use std::borrow::Cow;

use encoding_rs::Encoding;

use super::grid::{Cell, MAX_CELLS, Row, Sheet};
use crate::{
    error::{Limit, ReadError},
    media::Media,
};

const MAX_CELL: usize = 16 << 10;

/// What `<meta charset=…>` says.
pub(super) fn declared_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..bytes.len().min(2048)).unwrap_or_default();
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let (_, rest) = head.split_once("charset=")?;
    let label = rest.trim_start_matches(['"', '\'', ' ']);
    let label = label.split(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c))).next()?;
    Encoding::for_label(label.as_bytes())
}

/// Every table as a sheet; a table within a table goes on with the outer one.
pub(super) fn sheets(text: &str) -> Result<Vec<Sheet>, ReadError> {
    let mut sheets = Vec::new();
    let mut rows: Vec<Row> = Vec::new();
    let mut row: Option<Row> = None;
    let mut cell: Option<String> = None;
    let mut cells = 0_usize;
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        if let Some(cell) = &mut cell
            && cell.len() + before.len() <= MAX_CELL
        {
            cell.push_str(before);
        }
        let Some(end) = tag.find('>') else { break };
        let name = tag.get(1..end).unwrap_or_default();
        rest = tag.get(end + 1..).unwrap_or_default();
        let name = name
            .split(|c: char| c.is_whitespace() || c == '/')
            .find(|part| !part.is_empty())
            .map(|part| (part.to_ascii_lowercase(), name.starts_with('/')));
        match name.as_ref().map(|(name, closes)| (name.as_str(), *closes)) {
            Some(("td" | "th", _)) => {
                let closes = name.is_some_and(|(_, closes)| closes);
                end_cell(&mut cell, &mut row);
                if !closes {
                    cells += 1;
                    if cells > MAX_CELLS {
                        return Err(ReadError::LimitExceeded(Limit::Output));
                    }
                    row.get_or_insert_default();
                    cell = Some(String::new());
                }
            }
            Some(("tr" | "table", closes)) => {
                end_cell(&mut cell, &mut row);
                rows.extend(row.take());
                if closes && name.is_some_and(|(name, _)| name == "table") && !rows.is_empty() {
                    sheets.push(Sheet { rows: std::mem::take(&mut rows), is_1904: false });
                }
            }
            Some(("br" | "p" | "div", _)) => {
                if let Some(cell) = &mut cell {
                    cell.push(' ');
                }
            }
            _ => {}
        }
    }
    end_cell(&mut cell, &mut row);
    rows.extend(row);
    if !rows.is_empty() {
        sheets.push(Sheet { rows, is_1904: false });
    }
    if sheets.is_empty() {
        return Err(ReadError::Unsupported(Media::Html.name().to_owned()));
    }
    Ok(sheets)
}

fn end_cell(cell: &mut Option<String>, row: &mut Option<Row>) {
    if let Some(text) = cell.take() {
        let words: Vec<&str> = text.split_whitespace().collect();
        row.get_or_insert_default().cells.push(Cell::text(&unescaped(&words.join(" "))));
    }
}

/// The few references that tables of amounts and names hold.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, reference) = rest.split_at(at);
        out.push_str(before);
        let name = reference.get(1..).and_then(|rest| rest.find(';')).filter(|end| *end <= 10);
        let letter = name.and_then(|end| reference.get(1..=end)).and_then(|name| match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            "nbsp" => Some(' '),
            "ccedil" => Some('ç'),
            "Ccedil" => Some('Ç'),
            "ouml" => Some('ö'),
            "Ouml" => Some('Ö'),
            "uuml" => Some('ü'),
            "Uuml" => Some('Ü'),
            _ => {
                let number = name.strip_prefix('#')?;
                let number = match number.strip_prefix(['x', 'X']) {
                    Some(hex) => u32::from_str_radix(hex, 16).ok(),
                    None => number.parse().ok(),
                };
                char::from_u32(number?)
            }
        });
        if let (Some(letter), Some(end)) = (letter, name) {
            out.push(letter);
            rest = reference.get(end + 2..).unwrap_or_default();
        } else {
            out.push('&');
            rest = reference.get(1..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_rows_and_cells() {
        let text = "<table border=1><tr><th>Tarih<th>A&ccedil;&#305;klama &amp; &x;</tr>\
                    <TR><td><b>01.02.2026</b><td>a<br>b</TABLE>";
        let sheets = sheets(text).unwrap();
        let rows: Vec<Vec<String>> = sheets[0]
            .rows
            .iter()
            .map(|row| row.cells.iter().map(|cell| cell.shown().into_owned()).collect())
            .collect();
        assert_eq!(rows, [["Tarih", "Açıklama & &x;"], ["01.02.2026", "a b"]]);
        assert!(super::sheets("<html><p>text</html>").is_err());
    }
}
