//! Pixels to pages of words, through Tesseract as a bounded process for each page.

mod codes;
mod decode;
mod merge;
mod orientation;
mod pixels;
mod prepare;
mod rules;
mod skew;
mod status;
mod tesseract;
mod tsv;

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use image::{GrayImage, imageops};

pub(crate) use codes::{of_image as codes_of_image, within as codes_within};
pub use status::{OcrStatus, probe};

use crate::{
    error::ReadError,
    input::Context,
    media::Media,
    text::{Page, Word},
};

/// Recognitions of one document that run at the same time. Each is a process of one thread.
const PROCESSES: usize = 2;
/// Mean confidence below which a page may stand on its head, and how much better it must read turned
/// over to be turned.
const HEAD_OVER_HEELS: f32 = 0.6;
const BETTER: f32 = 0.1;
/// The longer side of a page in points where the file does not tell its size: A4.
const A4_LONG_SIDE: f32 = 842.0;

/// One page as pixels.
#[derive(Debug)]
pub(crate) struct Scan {
    /// Page from 1.
    pub(crate) number: u32,
    /// Upright pixels.
    pub(crate) image: GrayImage,
    /// Size in points.
    pub(crate) width: f32,
    pub(crate) height: f32,
}

/// Reads the pages of an image file.
pub(crate) fn image_pages(
    bytes: &[u8],
    media: Media,
    context: &Context,
) -> Result<Vec<Page>, ReadError> {
    let images = decode::pages(bytes, media, &context.limits)?;
    let scans: Vec<Scan> = (1..)
        .zip(images)
        .map(|(number, image)| {
            let scale = A4_LONG_SIDE / pixels::length(image.width().max(image.height()));
            let (width, height) =
                (pixels::length(image.width()) * scale, pixels::length(image.height()) * scale);
            Scan { number, image, width, height }
        })
        .collect();
    recognise(scans, context)
}

/// Recognises pages, a few at a time, and returns them in the order given.
///
/// # Errors
/// [`ReadError::OcrUnavailable`] when the engine or a language is missing, otherwise the first page's
/// error.
pub(crate) fn recognise(scans: Vec<Scan>, context: &Context) -> Result<Vec<Page>, ReadError> {
    if scans.is_empty() {
        return Ok(Vec::new());
    }
    status::require(&context.ocr)?;
    let count = scans.len();
    let waiting: Vec<Mutex<Option<Scan>>> =
        scans.into_iter().map(|scan| Mutex::new(Some(scan))).collect();
    let done: Vec<Mutex<Option<Result<Page, ReadError>>>> =
        (0..count).map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    // A lone page has the whole budget for its two readings.
    let side_by_side = count == 1 && PROCESSES.min(processors) > 1;
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let (Some(waiting), Some(done)) = (waiting.get(index), done.get(index)) else { return };
            let scan = waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
            let page = scan.map(|scan| page(scan, context, side_by_side));
            let failed = matches!(page, Some(Err(_)));
            *done.lock().unwrap_or_else(PoisonError::into_inner) = page;
            if failed {
                next.store(count, Ordering::Relaxed);
                return;
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..PROCESSES.min(count).min(processors) {
            scope.spawn(work);
        }
        work();
    });
    // Pages after a failed one may be missing; the failed one stands before them or among them.
    let mut pages = Vec::with_capacity(count);
    for slot in done {
        if let Some(page) = slot.into_inner().unwrap_or_else(PoisonError::into_inner) {
            pages.push(page?);
        }
    }
    Ok(pages)
}

fn page(scan: Scan, context: &Context, side_by_side: bool) -> Result<Page, ReadError> {
    let Scan { number, image, width, height } = scan;
    let codes = codes::of_page(&image);
    let turned = orientation::is_sideways(&image);
    let (image, width, height) =
        if turned { (imageops::rotate90(&image), height, width) } else { (image, width, height) };
    let mut prepared = prepare::for_recognition(image);
    let scale =
        (width / pixels::length(prepared.width()), height / pixels::length(prepared.height()));
    let read = |image: &GrayImage, languages: &str| -> Result<Vec<Word>, ReadError> {
        let table = tesseract::run(image, &context.ocr, languages, &context.limits)?;
        Ok(tsv::words(&table, scale))
    };
    let all = context.ocr.languages.as_str();
    // Digits are read best with both languages, words with the document's own.
    let own = all.split_once('+').map(|(first, _)| first);
    let (mut figures, mut letters) = match own {
        Some(own) if side_by_side => std::thread::scope(|scope| {
            let second = scope.spawn(|| read(&prepared, own));
            let figures = read(&prepared, all);
            let gone = || Err(ReadError::OcrFailed("its thread ended".to_owned()));
            (figures, Some(second.join().unwrap_or_else(|_| gone())))
        }),
        _ => (read(&prepared, all), None),
    };
    let before = figures.as_deref().map_or(1.0, mean_confidence);
    if before < HEAD_OVER_HEELS {
        let over = imageops::rotate180(&prepared);
        let again = read(&over, all)?;
        if mean_confidence(&again) > before + BETTER {
            (figures, letters) = (Ok(again), None);
            prepared = over;
        }
    }
    let figures = figures?;
    let letters = match (letters.transpose()?, own) {
        (Some(letters), _) => letters,
        (None, Some(own)) => read(&prepared, own)?,
        (None, None) => Vec::new(),
    };
    let words = merge::merge(&figures, letters);
    Ok(Page { number, width, height, recognised: true, words, codes })
}

/// Mean confidence by letters; specks and stains are short words.
fn mean_confidence(words: &[Word]) -> f32 {
    let (mut sum, mut letters) = (0.0, 0.0);
    for word in words {
        let count = f32::from(u8::try_from(word.text.chars().count()).unwrap_or(u8::MAX));
        sum += word.confidence * count;
        letters += count;
    }
    if letters > 0.0 { sum / letters } else { 0.0 }
}
