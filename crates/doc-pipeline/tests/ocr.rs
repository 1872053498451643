//! Recognition of our own scans in all degradations, against the truth they were made from.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests read files, say what they found and fail by panicking"
)]

mod document_files;

use std::path::Path;

use doc_pipeline::{Context, OcrEngine, ReadError, inspect};
use document_files::{fixture, fixtures, json, lines, recognition};

/// Numbers with four characters and more of a text, as written.
fn numbers(text: &str) -> Vec<&str> {
    text.split_whitespace()
        .map(|word| word.trim_matches(|letter: char| !letter.is_ascii_digit()))
        .filter(|word| {
            word.len() >= 4 && word.chars().all(|c| c.is_ascii_digit() || ".,".contains(c))
        })
        .collect()
}

#[derive(Default, Clone, Copy)]
struct Score {
    numbers: usize,
    numbers_right: usize,
    pairs: usize,
    pairs_right: usize,
}

impl Score {
    fn of(path: &Path) -> Self {
        let name = path.file_name().unwrap().to_str().unwrap();
        let stem = path.with_file_name(name.split('.').next().unwrap());
        let truth = std::fs::read_to_string(stem.with_extension("expected.txt")).unwrap();
        let lines = lines(path);
        let texts: Vec<String> = lines.iter().map(inspect::InspectedLine::text).collect();
        let mut found: Vec<&str> = texts.iter().flat_map(|text| numbers(text)).collect();
        let mut score = Self::default();
        for number in numbers(&truth) {
            score.numbers += 1;
            if let Some(at) = found.iter().position(|other| *other == number) {
                found.swap_remove(at);
                score.numbers_right += 1;
            }
        }
        let expected = json(&stem.with_extension("expected.json"));
        for pair in expected["pairs"].as_array().into_iter().flatten() {
            let (label, value) = (pair[0].as_str().unwrap(), pair[1].as_str().unwrap());
            score.pairs += 1;
            // The label's last word is enough: labels are matched loosely, values exactly.
            let last = label.split(' ').next_back().unwrap();
            let together = texts.iter().any(|text| text.contains(last) && text.contains(value));
            score.pairs_right += usize::from(together);
        }
        println!(
            "{name}: numbers {}/{}, pairs {}/{}",
            score.numbers_right, score.numbers, score.pairs_right, score.pairs
        );
        score
    }

    fn add(self, other: Self) -> Self {
        Self {
            numbers: self.numbers + other.numbers,
            numbers_right: self.numbers_right + other.numbers_right,
            pairs: self.pairs + other.pairs,
            pairs_right: self.pairs_right + other.pairs_right,
        }
    }
}

fn score(degradations: &[&str]) -> Score {
    let all = ["jpg", "png", "tif", "pdf"].map(|ending| fixtures("scans-tr", ending)).concat();
    let chosen = all.iter().filter(|path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        degradations.iter().any(|part| name.split('.').nth(1) == Some(part))
    });
    let score = chosen.map(|path| Score::of(path)).fold(Score::default(), Score::add);
    println!(
        "{degradations:?}: numbers {}/{}, pairs {}/{}",
        score.numbers_right, score.numbers, score.pairs_right, score.pairs
    );
    score
}

#[test]
fn clean_pages_are_read() {
    if !recognition("clean scans") {
        return;
    }
    let score = score(&["clean"]);
    assert!(score.numbers >= 60, "{} numbers", score.numbers);
    assert!(score.numbers_right * 100 >= score.numbers * 90);
    assert!(score.pairs_right * 100 >= score.pairs * 80);
}

#[test]
fn skewed_and_small_pages_are_read() {
    if !recognition("skewed scans and scans at 110 dpi") {
        return;
    }
    let score = score(&["skew", "low"]);
    assert!(score.numbers_right * 100 >= score.numbers * 97);
    assert!(score.pairs_right * 100 >= score.pairs * 90);
}

#[test]
fn noisy_pages_are_read() {
    if !recognition("speckled scans") {
        return;
    }
    let score = score(&["noise"]);
    assert!(score.numbers_right * 100 >= score.numbers * 87);
}

#[test]
fn photographs_blur_and_hard_compression_are_read() {
    if !recognition("photographs, blurred scans, hard JPEG") {
        return;
    }
    let score = score(&["photo", "blur", "jpeg"]);
    assert!(score.numbers_right * 100 >= score.numbers * 89);
}

#[test]
fn the_cameras_orientation_is_honoured() {
    if !recognition("the orientation of photographs") {
        return;
    }
    let lines = lines(&fixture("hostile/exif-orientation-6.jpg"));
    let text: Vec<String> = lines.iter().map(inspect::InspectedLine::text).collect();
    assert!(numbers(&text.join("\n")).len() >= 10, "{text:#?}");
}

#[test]
fn a_page_on_its_side_or_its_head_is_turned() {
    if !recognition("pages that lie on their side or head") {
        return;
    }
    let upright = image::open(fixture("scans-tr/05-invoice.clean.png")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (name, turned) in [
        ("side", upright.rotate90()),
        ("head", upright.rotate180()),
        ("other", upright.rotate270()),
    ] {
        let path = folder.path().join(format!("{name}.png"));
        turned.save(&path).unwrap();
        let text: Vec<String> = lines(&path).iter().map(inspect::InspectedLine::text).collect();
        let text = text.join("\n");
        assert!(text.contains("Vergi Dairesi") && numbers(&text).len() >= 15, "{name}: {text}");
    }
}

#[test]
fn confidence_is_a_fraction_and_boxes_lie_on_the_page() {
    if !recognition("boxes of recognised words") {
        return;
    }
    for line in lines(&fixture("scans-tr/08-receipt.skew.pdf")) {
        assert!(line.recognised);
        for cell in &line.cells {
            assert!((0.0..=1.0).contains(&cell.confidence));
            assert!(cell.bounds.x0 >= 0.0 && cell.bounds.x0 < cell.bounds.x1);
        }
    }
}

#[test]
fn a_missing_engine_and_a_missing_language_are_named() {
    let scan = std::fs::read(fixture("scans-tr/07-receipt.clean.png")).unwrap();
    let with = |program: &str, languages: &str| {
        let ocr = OcrEngine {
            program: program.to_owned(),
            languages: languages.to_owned(),
            data_path: None,
        };
        inspect::lines(&scan, &Context { ocr, ..Context::default() }).unwrap_err()
    };
    assert_eq!(
        with("no-such-engine", "tur+eng"),
        ReadError::OcrUnavailable("tesseract-ocr tesseract-ocr-tur tesseract-ocr-eng".to_owned())
    );
    if recognition("a missing language") {
        assert_eq!(
            with("tesseract", "tur+xyz"),
            ReadError::OcrUnavailable("tesseract-ocr-xyz".to_owned())
        );
    }
}
