//! Sizes, thresholds and connected shapes of grey images.

use image::GrayImage;

/// Darkness below which a pixel of a normalised image belongs to a letter.
pub(super) const INK: u8 = 140;

/// A number of pixels as a length.
#[allow(clippy::cast_precision_loss, reason = "image sides are far below 2^23")]
pub(crate) fn length(pixels: u32) -> f32 {
    pixels as f32
}

/// Heights of the connected dark shapes that may be letters, ascending.
pub(super) fn letter_heights(image: &GrayImage) -> Vec<u32> {
    let mut heights: Vec<u32> = shapes(image)
        .into_iter()
        .filter(|shape| {
            let (width, height) = (shape.right - shape.left + 1, shape.bottom - shape.top + 1);
            (5..=200).contains(&height) && width >= 2 && width <= 4 * height
        })
        .map(|shape| shape.bottom - shape.top + 1)
        .collect();
    heights.sort_unstable();
    heights
}

/// A connected dark shape by its box.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) left: u32,
    pub(super) right: u32,
    pub(super) top: u32,
    pub(super) bottom: u32,
    /// Index of the shape that this one was found to be part of, or its own.
    parent: usize,
}

/// Runs of dark pixels, row by row, united with those that they touch in the row above.
pub(super) fn shapes(image: &GrayImage) -> Vec<Shape> {
    let mut shapes: Vec<Shape> = Vec::new();
    let mut above: Vec<(u32, u32, usize)> = Vec::new();
    let mut current: Vec<(u32, u32, usize)> = Vec::new();
    for (y, row) in (0_u32..).zip(image.as_raw().chunks_exact(image.width().max(1) as usize)) {
        current.clear();
        let mut from = 0;
        for (left, right) in dark_runs(row) {
            while above.get(from).is_some_and(|&(_, end, _)| end + 1 < left) {
                from += 1;
            }
            let index = shapes.len();
            shapes.push(Shape { left, right, top: y, bottom: y, parent: index });
            for &(start, _, other) in above.get(from..).unwrap_or_default() {
                if start > right + 1 {
                    break;
                }
                unite(&mut shapes, other, index);
            }
            current.push((left, right, index));
        }
        std::mem::swap(&mut above, &mut current);
    }
    shapes
        .iter()
        .enumerate()
        .filter(|(index, shape)| shape.parent == *index)
        .map(|(_, shape)| *shape)
        .collect()
}

fn dark_runs(row: &[u8]) -> impl Iterator<Item = (u32, u32)> + '_ {
    let mut pixels = (0_u32..).zip(row.iter().copied());
    std::iter::from_fn(move || {
        let (start, _) = pixels.by_ref().find(|&(_, value)| value < INK)?;
        let mut end = start;
        for (x, value) in pixels.by_ref() {
            if value >= INK {
                break;
            }
            end = x;
        }
        Some((start, end))
    })
}

fn root(shapes: &mut [Shape], mut index: usize) -> usize {
    while let Some(&Shape { parent, .. }) = shapes.get(index) {
        if parent == index {
            break;
        }
        let grandparent = shapes.get(parent).map_or(parent, |shape| shape.parent);
        if let Some(shape) = shapes.get_mut(index) {
            shape.parent = grandparent;
        }
        index = grandparent;
    }
    index
}

fn unite(shapes: &mut [Shape], one: usize, other: usize) {
    let (one, other) = (root(shapes, one), root(shapes, other));
    if one == other {
        return;
    }
    let (keep, drop) = (one.min(other), one.max(other));
    let Some(&dropped) = shapes.get(drop) else { return };
    if let Some(kept) = shapes.get_mut(keep) {
        kept.left = kept.left.min(dropped.left);
        kept.right = kept.right.max(dropped.right);
        kept.top = kept.top.min(dropped.top);
        kept.bottom = kept.bottom.max(dropped.bottom);
    }
    if let Some(dropped) = shapes.get_mut(drop) {
        dropped.parent = keep;
    }
}
