//! Text to a table: the delimiter is the one that most lines agree on.

use super::grid::{Cell, MAX_CELLS, Row, Sheet};
use crate::{
    error::{Limit, ReadError},
    media::Media,
};

const DELIMITERS: [u8; 4] = [b';', b'\t', b',', b'|'];

/// Lines that decide on the delimiter.
const SAMPLE: usize = 60;

/// The text as one sheet.
pub(super) fn sheets(text: &str) -> Result<Vec<Sheet>, ReadError> {
    let delimiter =
        delimiter(text).ok_or_else(|| ReadError::Unsupported(Media::Text.name().to_owned()))?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut cells = 0_usize;
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(_) => return Err(ReadError::Corrupt("csv: a row that cannot be read".to_owned())),
        }
        cells += record.len();
        if cells > MAX_CELLS {
            return Err(ReadError::LimitExceeded(Limit::Output));
        }
        rows.push(Row { cells: record.iter().map(|cell| Cell::text(cell.trim())).collect() });
    }
    Ok(vec![Sheet { rows, is_1904: false }])
}

/// The delimiter of which most lines have the same number, at least one.
fn delimiter(text: &str) -> Option<u8> {
    let lines: Vec<&str> =
        text.lines().filter(|line| !line.trim().is_empty()).take(SAMPLE).collect();
    DELIMITERS
        .into_iter()
        .filter_map(|delimiter| {
            let mut counts: Vec<usize> =
                lines.iter().map(|line| outside_quotes(line, delimiter)).collect();
            counts.retain(|count| *count > 0);
            counts.sort_unstable();
            let middle = *counts.get(counts.len() / 2)?;
            let agree = counts.iter().filter(|count| **count == middle).count();
            Some((agree * middle.min(8), delimiter))
        })
        // The first of equals: amounts hold commas, texts hold bars.
        .rev()
        .max_by_key(|(score, _)| *score)
        .map(|(_, delimiter)| delimiter)
}

fn outside_quotes(line: &str, delimiter: u8) -> usize {
    let mut quoted = false;
    let mut count = 0;
    for byte in line.bytes() {
        if byte == b'"' {
            quoted = !quoted;
        } else if byte == delimiter && !quoted {
            count += 1;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_with_commas_do_not_make_the_comma_the_delimiter() {
        assert_eq!(delimiter("Tarih;Tutar\n01.02.2026;1,50\n02.02.2026;2,50"), Some(b';'));
        assert_eq!(delimiter("Date,Amount\n2026-04-02,100.00"), Some(b','));
        assert_eq!(delimiter("a\tb\n1,5\t2,5"), Some(b'\t'));
        assert_eq!(delimiter("1\n2\n3"), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(rows in prop::collection::vec(
            prop::collection::vec("[a-zA-ZğüşıöçĞÜŞİÖÇ\" .]{1,12}", 3), 2..10)
        ) {
            let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let sheets = sheets(&text).unwrap();
            let read: Vec<Vec<String>> = sheets[0]
                .rows
                .iter()
                .map(|row| row.cells.iter().map(|cell| cell.shown().into_owned()).collect())
                .collect();
            let wanted: Vec<Vec<String>> = rows
                .iter()
                .map(|row| row.iter().map(|cell| cell.trim().to_owned()).collect())
                .collect();
            prop_assert_eq!(read, wanted);
        }
    }
}
