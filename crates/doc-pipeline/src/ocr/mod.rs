//! Pixels to pages of words, through Tesseract as a bounded process for each page.

mod decode;
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

use image::GrayImage;

pub use status::{OcrStatus, probe};

use crate::{error::ReadError, input::Context, media::Media, text::Page};

/// Pages of one document that are recognised at the same time. Each is a process of one thread.
const PAGES_AT_ONCE: usize = 2;
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
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let (Some(waiting), Some(done)) = (waiting.get(index), done.get(index)) else { return };
            let scan = waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
            let page = scan.map(|scan| page(scan, context));
            let failed = matches!(page, Some(Err(_)));
            *done.lock().unwrap_or_else(PoisonError::into_inner) = page;
            if failed {
                next.store(count, Ordering::Relaxed);
                return;
            }
        }
    };
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 1..PAGES_AT_ONCE.min(count).min(processors) {
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

fn page(scan: Scan, context: &Context) -> Result<Page, ReadError> {
    let Scan { number, image, width, height } = scan;
    let prepared = prepare::for_recognition(image);
    let table = tesseract::run(&prepared, &context.ocr, &context.limits)?;
    let scale =
        (width / pixels::length(prepared.width()), height / pixels::length(prepared.height()));
    Ok(Page { number, width, height, recognised: true, words: tsv::words(&table, scale) })
}
