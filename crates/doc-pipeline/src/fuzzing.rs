//! Entry points for fuzzers and property tests: each reader by bytes alone, without the search for the
//! type. Nothing here may panic, whatever the bytes.

use crate::{
    Context, Extraction, Fields, ReadError,
    assess::{AssessmentContext, Duplicates, assess},
    evidence::BoundingBox,
    parse, statement,
    text::{Page, Word, lines_of},
    ubl,
};

/// A reader to be fuzzed.
pub type Target = fn(&[u8]);

/// All readers by name.
pub const TARGETS: [(&str, Target); 8] = [
    ("xml", xml),
    ("mt940", mt940),
    ("camt", camt),
    ("ofx", ofx),
    ("csv", csv),
    ("html", html),
    ("layout", layout),
    ("fields", fields),
];

/// UBL-TR, with decoding.
pub fn xml(bytes: &[u8]) {
    let Ok(text) = ubl::encoding::decode(bytes) else { return };
    go_on(ubl::read(&text, &Context::default()));
}

/// CAMT.052, .053 and .054.
pub fn camt(bytes: &[u8]) {
    let Ok(text) = ubl::encoding::decode(bytes) else { return };
    let _ = statement::is_camt(&text);
    go_on(statement::read_camt(&text));
}

/// MT940 and MT942.
pub fn mt940(bytes: &[u8]) {
    let _ = statement::is_mt940(bytes);
    go_on(statement::read_mt940(bytes, &Context::default()));
}

/// OFX 1.x and 2.x.
pub fn ofx(bytes: &[u8]) {
    let _ = statement::is_ofx(bytes);
    go_on(statement::read_ofx(bytes, &Context::default()));
}

/// Tables as text.
pub fn csv(bytes: &[u8]) {
    go_on(statement::read_csv(bytes, &Context::default()));
}

/// Tables of web pages.
pub fn html(bytes: &[u8]) {
    go_on(statement::read_html(bytes, &Context::default()));
}

/// Words of a page anywhere, and the parsers behind them: each line is `x y width height word`, a byte
/// each for the box.
///
/// # Panics
/// When the layouter loses a word, which is what a fuzzer looks for.
pub fn layout(bytes: &[u8]) {
    let words: Vec<Word> = bytes
        .split(|byte| *byte == b'\n')
        .filter_map(|line| {
            let [x, y, width, height, text @ ..] = line else { return None };
            let text = String::from_utf8_lossy(text).split_whitespace().collect::<String>();
            let (x0, y0) = (f32::from(*x) * 2.4, f32::from(*y) * 3.3);
            let bounds = BoundingBox {
                x0,
                y0,
                x1: x0 + f32::from(*width),
                y1: y0 + f32::from(*height) / 8.0,
            };
            (!text.is_empty()).then_some(Word { text, bounds, confidence: 0.9, other: None })
        })
        .collect();
    let count = words.len();
    let page = Page {
        number: 1,
        width: 612.0,
        height: 842.0,
        recognised: count % 2 == 1,
        words,
        codes: Vec::new(),
    };
    let kept: usize = lines_of(&page).iter().map(|line| line.words.len()).sum();
    assert_eq!(kept, count, "a line loses no word");
    let _ = parse::document(&[page], &Context::default());
}

/// Amounts, dates, rates, currencies and account numbers within a text.
pub fn fields(bytes: &[u8]) {
    parse::read_values(&String::from_utf8_lossy(bytes));
}

/// What the worker does with a reading.
fn go_on(read: Result<Extraction, ReadError>) {
    let mut extraction = match read {
        Ok(extraction) => extraction,
        Err(error) => {
            assert!(!crate::message::for_error(&error).is_empty(), "an error without a sentence");
            return;
        }
    };
    if let Fields::BankStatement(fields) = &mut extraction.fields {
        statement::assign_keys(fields);
        let mut keys: Vec<_> = fields.transactions.iter().map(|own| own.key.clone()).collect();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), fields.transactions.len(), "two movements have one key");
    }
    // Any day does.
    let today = chrono::NaiveDate::default();
    let _ = assess(&extraction, &AssessmentContext { today, duplicates: Duplicates::default() });
    let _ = extraction.fields_json();
    let _ = extraction.identity();
}
