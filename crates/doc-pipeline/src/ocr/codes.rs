//! QR codes on pages: e-Fatura and e-Arşiv prints repeat their figures in one.

use image::{GrayImage, Luma, imageops};
use rqrr::PreparedImage;

/// Codes of one page.
const MOST: usize = 8;
/// Longer side of the first look at a page, in pixels; codes on paper are large in it.
const FIRST_LOOK: u32 = 1800;
/// Shorter side below which an image of a code is enlarged: its modules may be single pixels.
const SMALL: u32 = 250;
/// How much a code that was found and not read is enlarged, and up to which side.
const ENLARGED: u32 = 3;
const LARGEST: u32 = 800;
/// White around an image of a code, in pixels: codes are found by their quiet zone.
const MARGIN: u32 = 24;

/// The texts of the codes on a page: at half its size where it is large, which is quicker and
/// steadier, then at its own.
pub(super) fn of_page(image: &GrayImage) -> Vec<String> {
    let longer = image.width().max(image.height());
    if longer > FIRST_LOOK {
        let (width, height) = (image.width() / 2, image.height() / 2);
        let half = imageops::thumbnail(image, width.max(1), height.max(1));
        let found = read(&half);
        if !found.is_empty() || longer > 2 * FIRST_LOOK {
            return found;
        }
    }
    read(image)
}

/// The texts of the codes in an image that may be nothing but a code.
pub(crate) fn of_image(image: &GrayImage) -> Vec<String> {
    if !is_black_and_white(image) {
        return Vec::new();
    }
    let factor = SMALL.div_ceil(image.width().min(image.height()).max(1)).clamp(1, 8);
    let (width, height) = (image.width() * factor, image.height() * factor);
    let large = imageops::resize(image, width, height, imageops::FilterType::Nearest);
    let mut framed = GrayImage::from_pixel(width + 2 * MARGIN, height + 2 * MARGIN, Luma([255]));
    imageops::replace(&mut framed, &large, i64::from(MARGIN), i64::from(MARGIN));
    read(&framed)
}

/// The texts of the codes within a picture of a place on a page.
pub(crate) fn within(image: &GrayImage) -> Vec<String> {
    read(image)
}

/// Logos and photographs have shades, codes have none.
fn is_black_and_white(image: &GrayImage) -> bool {
    let all = image.as_raw().len();
    let count = |test: fn(&u8) -> bool| image.as_raw().iter().filter(|value| test(value)).count();
    let (dark, light) = (count(|value| *value < 80), count(|value| *value > 175));
    (dark + light) * 10 >= all * 9 && dark * 20 >= all * 3 && light * 10 >= all * 2
}

/// Reads all codes, those that cannot be read at their size a second time enlarged.
fn read(image: &GrayImage) -> Vec<String> {
    let (mut found, unread) = look(image);
    for corners in unread {
        if let Some(part) = enlarged(image, &corners) {
            for text in look(&part).0 {
                if !found.contains(&text) {
                    found.push(text);
                }
            }
        }
    }
    found
}

/// The texts of codes, and the corners of those that were found and not read.
fn look(image: &GrayImage) -> (Vec<String>, Vec<Corners>) {
    let (width, height) = (image.width() as usize, image.height() as usize);
    if width < 21 || height < 21 {
        return (Vec::new(), Vec::new());
    }
    let raw = image.as_raw();
    let mut prepared = PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        raw.get(y * width + x).copied().unwrap_or(255)
    });
    let mut found = Vec::new();
    let mut unread = Vec::new();
    for grid in prepared.detect_grids().into_iter().take(MOST) {
        match grid.decode() {
            Ok((_, text)) if !found.contains(&text) => found.push(text),
            Ok(_) => {}
            Err(_) => unread.push(grid.bounds.map(|corner| (corner.x, corner.y))),
        }
    }
    (found, unread)
}

type Corners = [(i32, i32); 4];

/// The place of a code that was found and not read, enlarged: its modules are few pixels wide.
fn enlarged(image: &GrayImage, corners: &Corners) -> Option<GrayImage> {
    let side = |pick: fn(&(i32, i32)) -> i32| {
        let values = corners.iter().map(pick);
        Some((values.clone().min()?, values.max()?))
    };
    let ((left, right), (top, bottom)) = (side(|corner| corner.0)?, side(|corner| corner.1)?);
    let margin = (right - left).max(bottom - top) / 8;
    let within = |value: i32| u32::try_from(value).unwrap_or(0);
    let (x, y) = (within(left - margin), within(top - margin));
    let width = within(right + margin).min(image.width()).saturating_sub(x);
    let height = within(bottom + margin).min(image.height()).saturating_sub(y);
    if width < 21 || height < 21 || width.max(height) > LARGEST {
        return None;
    }
    let part = imageops::crop_imm(image, x, y, width, height).to_image();
    Some(imageops::resize(
        &part,
        width * ENLARGED,
        height * ENLARGED,
        imageops::FilterType::CatmullRom,
    ))
}
