//! Text layers of real layouts: labels stand with their values, rows are whole, and what cannot be
//! read says why.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests read files, say what they found and fail by panicking"
)]

mod document_files;

use doc_pipeline::{Context, Limits, ReadError, inspect};
use document_files::{fixture, fixtures, json, lines, other_peoples};
use serde_json::Value;

/// Whether one line holds the label and, right of it, the value in a cell.
fn stand_together(lines: &[inspect::InspectedLine], label: &str, value: &str) -> bool {
    lines.iter().any(|line| {
        let text = line.text();
        let label_end = text.find(label).map(|at| at + label.len());
        label_end.is_some_and(|end| text.get(end..).is_some_and(|rest| rest.contains(value)))
    })
}

#[test]
fn labels_stand_with_their_values() {
    let mut checked = 0;
    for path in fixtures("digital-tr", "pdf") {
        let expected = json(&path.with_extension("expected.json"));
        let lines = lines(&path);
        for pair in expected["pairs"].as_array().into_iter().flatten() {
            let (label, value) = (pair[0].as_str().unwrap(), pair[1].as_str().unwrap());
            assert!(
                stand_together(&lines, label, value),
                "{label} and {value} are not together in {}:\n{}",
                path.display(),
                lines.iter().map(inspect::InspectedLine::text).collect::<Vec<_>>().join("\n")
            );
            checked += 1;
        }
    }
    assert!(checked >= 40, "only {checked} pairs were found in the fixtures");
}

#[test]
fn rows_of_statements_are_whole() {
    let mut rows = 0;
    for name in ["tr-bank-00", "tr-bank-02"] {
        let path = fixture(&format!("digital-tr/{name}.pdf"));
        let expected = json(&path.with_extension("expected.json"));
        let lines = lines(&path);
        for (page, truth) in (1..).zip(expected["pages"].as_array().unwrap()) {
            for row in truth["transactions"].as_array().unwrap() {
                let cells = ["date", "desc", "ref", "amount", "balance"]
                    .map(|column| row[column].as_str().unwrap());
                assert!(
                    lines.iter().any(|line| {
                        line.page == page
                            && line.cells.iter().map(|cell| cell.text.as_str()).eq(cells)
                    }),
                    "no line is {cells:?}"
                );
                rows += 1;
            }
        }
    }
    assert!(rows >= 90, "only {rows} rows were found in the fixtures");
}

/// The GİB design wraps names and amounts inside cells, so that a row is more than a line: those rows
/// are for the parser. Nine of ten rows stand on one line all the same.
#[test]
fn rows_of_items_are_whole_where_nothing_wraps() {
    let (mut rows, mut whole) = (0, 0);
    for path in fixtures("digital-tr", "pdf") {
        let expected = json(&path.with_extension("expected.json"));
        let items = match &expected["pages"] {
            Value::Array(pages) => pages.iter().map(|page| &page["lines"]).collect(),
            _ => vec![&expected["lines"]],
        };
        let lines = lines(&path);
        let one_line = expected.get("producer").is_none();
        for item in items.into_iter().filter_map(Value::as_array).flatten() {
            let (quantity, amount) = (item["qty"].to_string(), item["amount"].as_str().unwrap());
            let found = lines.iter().any(|line| {
                let has = |start: &str| {
                    line.cells.iter().any(|cell| cell.text.split(' ').next() == Some(start))
                };
                has(&quantity) && has(amount)
            });
            assert!(found || !one_line, "no line of {} has {amount}", path.display());
            rows += 1;
            whole += u32::from(found);
        }
    }
    println!("{whole} of {rows} item rows stand on one line");
    assert!(rows >= 25 && whole * 10 >= rows * 9, "{whole} of {rows}");
}

#[test]
fn turkish_letters_and_confidence_are_exact() {
    let lines = lines(&fixture("digital-tr/tr-bank-02.pdf"));
    let holder = lines.iter().find(|line| line.text().starts_with("Müşteri:")).unwrap();
    assert_eq!(holder.text(), "Müşteri:  İÇÖZ BİLİŞİM HİZMETLERİ LTD. ŞTİ.");
    assert!(holder.cells.iter().all(|cell| (cell.confidence - 1.0).abs() < f32::EPSILON));
    assert!(!holder.recognised);
}

#[test]
fn boxes_lie_on_the_page_and_do_not_overlap() {
    for path in fixtures("digital-tr", "pdf") {
        for line in lines(&path) {
            for cell in &line.cells {
                let at = cell.bounds;
                assert!(at.x0 < at.x1 && at.y0 < at.y1, "{cell:?}");
                assert!(at.x0 >= 0.0 && at.x1 <= 900.0 && at.y0 >= -5.0 && at.y1 <= 900.0);
            }
            for pair in line.cells.windows(2) {
                assert!(pair[0].bounds.x1 < pair[1].bounds.x0, "{pair:?}");
            }
        }
    }
}

/// A page with the text given by `content`, and with keys of its own.
fn page(keys: &str, content: &str) -> Vec<u8> {
    let mut pdf = b"%PDF-1.4\n".to_vec();
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]{keys}/Contents 4 0 R\
             /Resources<</Font<</F 5 0 R>>>>>>"
        ),
        format!("<</Length {}>>\nstream\n{content}\nendstream", content.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_owned(),
    ];
    let mut places = Vec::new();
    for (number, object) in (1..).zip(objects) {
        places.push(pdf.len());
        pdf.extend(format!("{number} 0 obj\n{object}\nendobj\n").bytes());
    }
    let start = pdf.len();
    pdf.extend(b"xref\n0 6\n0000000000 65535 f \n");
    for place in places {
        pdf.extend(format!("{place:010} 00000 n \n").bytes());
    }
    pdf.extend(format!("trailer<</Size 6/Root 1 0 R>>\nstartxref\n{start}\n%%EOF").bytes());
    pdf
}

fn read(pdf: &[u8]) -> Vec<inspect::InspectedLine> {
    inspect::lines(pdf, &Context::default()).unwrap()
}

fn near(a: f32, b: f32) -> bool {
    (a - b).abs() < 1.5
}

const LABELLED: &str = "BT /F 10 Tf 100 700 Td (Invoice number) Tj 200 0 Td (A-1024) Tj ET";

#[test]
fn a_standard_font_that_is_not_embedded_is_read() {
    let lines = read(&page("", LABELLED));
    assert_eq!(lines[0].text(), "Invoice number  A-1024");
    let at = lines[0].cells[0].bounds;
    assert!(near(at.x0, 100.0) && near(at.y1, 102.2) && near(at.y0, 92.6), "{at:?}");
}

#[test]
fn the_crop_box_and_the_rotation_move_the_words() {
    let cropped = read(&page("/CropBox[50 100 550 750]", LABELLED));
    let at = cropped[0].cells[0].bounds;
    assert!(near(at.x0, 50.0) && near(at.y1, 52.2), "{at:?}");

    // Written to be upright when the page is turned by 90 degrees.
    let turned = "BT /F 10 Tf 0 1 -1 0 100 200 Tm (Invoice number) Tj 200 0 Td (A-1024) Tj ET";
    let turned = read(&page("/Rotate 90", turned));
    assert_eq!(turned[0].text(), "Invoice number  A-1024");
    let at = turned[0].cells[0].bounds;
    assert!(near(at.x0, 200.0) && near(at.y1, 102.2), "{at:?}");
}

#[test]
fn a_page_written_sideways_is_turned_upright() {
    let sideways = "BT /F 10 Tf 0 1 -1 0 100 200 Tm (Invoice number) Tj 200 0 Td (A-1024) Tj \
                    -200 -20 Td (Date) Tj 200 0 Td (2026-01-05) Tj ET";
    let lines = read(&page("", sideways));
    let texts: Vec<String> = lines.iter().map(inspect::InspectedLine::text).collect();
    assert_eq!(texts, ["Invoice number  A-1024", "Date  2026-01-05"]);
}

#[test]
fn bold_made_by_printing_twice_is_read_once() {
    let twice = "BT /F 10 Tf 100 700 Td (TOTAL) Tj ET BT /F 10 Tf 100.4 700 Td (TOTAL) Tj ET \
                 BT 2 Tr /F 10 Tf 100 650 Td (balloon) Tj ET";
    let texts: Vec<String> =
        read(&page("", twice)).iter().map(doc_pipeline::inspect::InspectedLine::text).collect();
    assert_eq!(texts, ["TOTAL", "balloon"]);
}

#[test]
fn letters_painted_one_by_one_and_out_of_order_are_words() {
    let scattered = "BT /F 10 Tf 1 0 0 1 106.67 700 Tm (B) Tj 1 0 0 1 100 700 Tm (A) Tj \
                     1 0 0 1 113.34 700 Tm (C) Tj 1 0 0 1 123.5 700 Tm (D) Tj ET";
    assert_eq!(read(&page("", scattered))[0].text(), "ABC D");
}

#[test]
fn too_many_glyphs_or_pages_are_limits() {
    let context =
        Context { limits: Limits { glyphs: 10, ..Limits::default() }, ..Context::default() };
    let error = inspect::lines(&page("", LABELLED), &context).unwrap_err();
    assert_eq!(error, ReadError::LimitExceeded(doc_pipeline::Limit::Glyphs));
    let context =
        Context { limits: Limits { pages: 2, ..Limits::default() }, ..Context::default() };
    let statement = std::fs::read(fixture("digital-tr/tr-bank-00.pdf")).unwrap();
    let error = inspect::lines(&statement, &context).unwrap_err();
    assert_eq!(error, ReadError::LimitExceeded(doc_pipeline::Limit::Pages));
}

#[test]
fn invoices_of_other_makers_give_text() {
    let Some(folder) = other_peoples("digital invoices of other makers") else { return };
    let mut read = 0;
    for path in document_files::files(&folder.join("documents/digital"), "pdf") {
        let lines = lines(&path);
        assert!(lines.len() > 5, "{} gave {} lines", path.display(), lines.len());
        read += 1;
    }
    assert!(read >= 3, "only {read} files were found");
}
