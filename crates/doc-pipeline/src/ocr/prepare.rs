//! What is done to a page before recognition, in the order that was measured to help: even out the
//! light, straighten, take away the rules of tables, then either enlarge small letters or remove specks,
//! never both (a median on small letters destroys them).

use image::{GrayImage, Luma, imageops::FilterType};
use imageproc::geometric_transformations::{Border, Interpolation, rotate_about_center};

use super::{
    pixels::{self, letter_heights},
    rules,
    skew::{self, Lines},
};

/// Letter height in pixels below which the page is enlarged, and to which.
const SMALL_LETTERS: u32 = 17;
const ENLARGED_TO: f32 = 22.0;
/// Letter height in pixels above which the page is reduced, and to which: larger letters cost time.
const LARGE_LETTERS: u32 = 60;
const REDUCED_TO: f32 = 40.0;
/// Enlarging stops here: the size of an A4 page at 400 dpi and a half more.
const MOST_PIXELS: f32 = 24e6;
/// Share of specks from which a page counts as noisy.
const NOISY: f32 = 0.06;
/// Difference from its surroundings that makes a pixel a speck.
const SPECK: u8 = 40;
/// Angles below this one are not worth resampling, in degrees.
const STRAIGHT: f32 = 0.1;
/// Fewer letters than these say nothing about the size of the print.
const ENOUGH_LETTERS: usize = 20;

/// Prepares one page.
pub(super) fn for_recognition(mut image: GrayImage) -> GrayImage {
    even_light(&mut image);
    match skew::lines(&image) {
        Lines::Parallel(angle) if angle.abs() >= STRAIGHT => {
            let white = Border::Constant(Luma([255]));
            image = rotate_about_center(&image, angle.to_radians(), Interpolation::Bilinear, white);
        }
        Lines::Parallel(_) => {}
        Lines::Fanned(fan) => image = skew::levelled(&image, fan),
    }
    let heights = letter_heights(&image);
    let middle = (heights.len() >= ENOUGH_LETTERS)
        .then(|| heights.get(heights.len() / 2))
        .flatten()
        .copied();
    rules::remove(&mut image, middle);
    let is_noisy = noise(&image) > NOISY;
    if is_noisy && middle.is_none_or(|height| height < SMALL_LETTERS) {
        // A median would take thin strokes with the specks; their size tells them apart.
        remove_specks(&mut image);
    }
    match middle {
        Some(height) if height < SMALL_LETTERS => {
            let room = (MOST_PIXELS
                / (pixels::length(image.width()) * pixels::length(image.height())).max(1.0))
            .sqrt();
            resized(&image, (ENLARGED_TO / pixels::length(height)).min(3.0).min(room.max(1.0)))
        }
        _ if is_noisy => softened(&median(&image)),
        Some(height) if height > LARGE_LETTERS => {
            resized(&image, REDUCED_TO / pixels::length(height))
        }
        _ => image,
    }
}

fn resized(image: &GrayImage, factor: f32) -> GrayImage {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "factors lie between 0 and 3, sides within the limits of the page"
    )]
    let side = |pixels: u32| ((pixels::length(pixels) * factor).round() as u32).max(1);
    let (width, height) = (side(image.width()), side(image.height()));
    image::imageops::resize(image, width, height, FilterType::Lanczos3)
}

/// Divides each pixel by the brightest ones around it: shadows and yellowed paper become white.
fn even_light(image: &mut GrayImage) {
    let (width, height) = (image.width() as usize, image.height() as usize);
    if width == 0 || height == 0 {
        return;
    }
    let tile = (width.min(height) / 30).clamp(24, 96);
    let (columns, rows) = (width.div_ceil(tile), height.div_ceil(tile));
    let mut brightest = vec![1_u8; columns * rows];
    for (y, row) in image.as_raw().chunks_exact(width).enumerate() {
        for (column, part) in row.chunks(tile).enumerate() {
            let most = part.iter().copied().max().unwrap_or(1);
            if let Some(value) = brightest.get_mut(y / tile * columns + column) {
                *value = (*value).max(most);
            }
        }
    }
    if brightest.iter().all(|value| *value >= 250) {
        return;
    }
    // Tiles wholly inside a picture or a black bar take the light of their neighbours.
    let at = |column: usize, row: usize| {
        brightest.get(row.min(rows - 1) * columns + column.min(columns - 1)).copied().unwrap_or(255)
    };
    let light: Vec<u8> = (0..columns * rows)
        .map(|index| {
            let (column, row) = (index % columns, index / columns);
            let near = [
                at(column, row),
                at(column.saturating_sub(1), row),
                at(column + 1, row),
                at(column, row.saturating_sub(1)),
                at(column, row + 1),
            ];
            near.into_iter().max().unwrap_or(255).max(64)
        })
        .collect();
    #[allow(clippy::cast_possible_truncation, reason = "grids are far smaller than 2^32 tiles")]
    let grid = GrayImage::from_raw(columns as u32, rows as u32, light);
    let Some(grid) = grid else { return };
    let light = image::imageops::resize(&grid, image.width(), image.height(), FilterType::Triangle);
    for (pixel, light) in image.iter_mut().zip(light.as_raw()) {
        let value = u16::from(*pixel) * 255 / u16::from((*light).max(1));
        *pixel = u8::try_from(value).unwrap_or(255);
    }
}

/// Share of specks, looked for in a part of the rows.
fn noise(image: &GrayImage) -> f32 {
    let step = (image.height() / 400).max(1) as usize;
    let (mut looked, mut specks) = (0_u32, 0_u32);
    for_middles(image, step, |_, middle, pixel| {
        looked += 1;
        specks += u32::from(middle.abs_diff(pixel) > SPECK);
    });
    #[allow(clippy::cast_precision_loss, reason = "a share")]
    let share = specks as f32 / looked.max(1) as f32;
    share
}

/// Sides of the largest speck.
const SPECK_SIDE: u32 = 2;

/// Paints dark specks white and white ones dark.
fn remove_specks(image: &mut GrayImage) {
    for shape in pixels::shapes(image) {
        if shape.right - shape.left < SPECK_SIDE && shape.bottom - shape.top < SPECK_SIDE {
            for y in shape.top..=shape.bottom {
                for x in shape.left..=shape.right {
                    image.put_pixel(x, y, Luma([255]));
                }
            }
        }
    }
    let mut holes = Vec::new();
    for_middles(image, 1, |index, middle, pixel| {
        if pixel > middle.saturating_add(SPECK) && middle < pixels::INK {
            holes.push((index, middle));
        }
    });
    let raw: &mut [u8] = image;
    for (index, middle) in holes {
        if let Some(pixel) = raw.get_mut(index) {
            *pixel = middle;
        }
    }
}

fn median(image: &GrayImage) -> GrayImage {
    let mut result = image.clone();
    let raw: &mut [u8] = &mut result;
    for_middles(image, 1, |index, middle, _| {
        if let Some(pixel) = raw.get_mut(index) {
            *pixel = middle;
        }
    });
    result
}

/// Calls with the index, the median of the 3 by 3 surroundings and the value of inner pixels.
fn for_middles(image: &GrayImage, step: usize, mut call: impl FnMut(usize, u8, u8)) {
    let width = image.width() as usize;
    let raw = image.as_raw();
    for y in (1..(image.height() as usize).saturating_sub(1)).step_by(step) {
        let row = |y: usize| raw.get(y * width..(y + 1) * width).unwrap_or_default();
        let (above, own, below) = (row(y - 1), row(y), row(y + 1));
        let triples = above.windows(3).zip(own.windows(3)).zip(below.windows(3));
        for (x, ((above, own), below)) in triples.enumerate() {
            let &[_, pixel, _] = own else { continue };
            // White among white is the most of a page.
            let same = [pixel; 3];
            let middle = if above == same && own == same && below == same {
                pixel
            } else {
                let mut around = [0; 9];
                for (part, row) in around.chunks_exact_mut(3).zip([above, own, below]) {
                    part.copy_from_slice(row);
                }
                *around.select_nth_unstable(4).1
            };
            call(y * width + x + 1, middle, pixel);
        }
    }
}

fn softened(image: &GrayImage) -> GrayImage {
    image::imageops::fast_blur(image, 0.6)
}
