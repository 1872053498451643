//! Whether a page's text layer is to be believed, or its pixels are to be read.

use hayro_interpret::kurbo::Rect;

use super::glyphs::{GlyphText, PageGlyphs, PlacedImage};
use crate::text::Page;

/// Glyphs with a meaning from which a text layer counts as one.
const ENOUGH_GLYPHS: usize = 20;
/// Share of the page covered by one image that makes it a scan.
const SCAN_COVER: f64 = 0.6;
/// Share of the page covered by images from which looking at pixels may find text.
const IMAGE_COVER: f64 = 0.25;
/// Drawings from which text may have been drawn as outlines.
const OUTLINE_PATHS: usize = 200;

/// How a page is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// By its text layer.
    Text,
    /// By its text layer, which another program recognised.
    RecognisedText,
    /// By its pixels.
    Pixels,
}

/// Decides for one page.
pub(super) fn reading(set: &PageGlyphs, page: &Page) -> Reading {
    let letters = set.glyphs.iter().filter(|glyph| !glyph.text.is_blank());
    let mapped = letters.clone().count();
    let odd = letters.filter(|glyph| is_odd(&glyph.text)).count();
    let readable =
        mapped >= ENOUGH_GLYPHS && set.unmapped * 20 < mapped + set.unmapped && odd * 10 < mapped;
    let cover = set.images.iter().map(|image| share(image, set));
    let largest = cover.clone().fold(0.0, f64::max);
    if readable && set.invisible * 2 > mapped && largest >= SCAN_COVER {
        return if is_sane(page) { Reading::RecognisedText } else { Reading::Pixels };
    }
    if readable {
        return Reading::Text;
    }
    let worth_looking = cover.sum::<f64>() >= IMAGE_COVER
        || set.unmapped * 20 >= (mapped + set.unmapped).max(1)
        || odd * 10 >= mapped.max(1)
        || set.paths >= OUTLINE_PATHS;
    if worth_looking { Reading::Pixels } else { Reading::Text }
}

/// Whether the page is the picture of one.
pub(super) fn is_scan(set: &PageGlyphs) -> bool {
    set.images.iter().any(|image| share(image, set) >= SCAN_COVER)
}

/// Share of the page that an image covers.
pub(super) fn share(image: &PlacedImage, set: &PageGlyphs) -> f64 {
    let pixels = Rect::new(0.0, 0.0, f64::from(image.width), f64::from(image.height));
    let placed = image.transform.transform_rect_bbox(pixels);
    let shown = placed.intersect(Rect::new(0.0, 0.0, set.width, set.height));
    let share = shown.area() / (set.width * set.height).max(1.0);
    if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 }
}

/// Characters that no accounting document is written in.
fn is_odd(text: &GlyphText) -> bool {
    let GlyphText::One(letter) = text else { return false };
    let known = letter.is_alphanumeric()
        || letter.is_ascii_punctuation()
        || ('\u{a0}'..='\u{bf}').contains(letter)
        || ('\u{2000}'..='\u{2bff}').contains(letter);
    !known
}

/// Whether the words of a scanner's own text layer look like words: mostly letters or mostly digits,
/// not single signs and mixtures.
fn is_sane(page: &Page) -> bool {
    let sane = page.words.iter().filter(|word| {
        let count = |test: fn(char) -> bool| word.text.chars().filter(|c| test(*c)).count();
        let (letters, digits) = (count(char::is_alphabetic), count(|c| c.is_ascii_digit()));
        let all = word.text.chars().count();
        all >= 2 && (letters * 10 >= all * 7 || digits * 10 >= all * 5)
    });
    sane.count() * 10 >= page.words.len() * 7
}
