//! Whether a page lies on its side: letters of one line are nearer to each other than lines are.

use image::{GrayImage, imageops};

use super::pixels::{Shape, shapes};

/// Longer side to which a page is reduced for the look, in pixels.
const LOOK: u32 = 1600;
/// Letters from which their places say something, and how many are asked.
const ENOUGH: usize = 60;
const ASKED: usize = 600;
/// Share of letters with their nearest neighbour above or below that makes a page lie on its side.
const SIDEWAYS: f32 = 0.65;

/// Whether the lines of text run up or down the page. Which of the two, recognition tells.
pub(super) fn is_sideways(image: &GrayImage) -> bool {
    let longer = image.width().max(image.height());
    let reduced;
    let look = if longer > LOOK {
        let side = |pixels: u32| (u64::from(pixels) * u64::from(LOOK) / u64::from(longer)).max(1);
        let (width, height) = (side(image.width()), side(image.height()));
        reduced = imageops::thumbnail(
            image,
            u32::try_from(width).unwrap_or(1),
            u32::try_from(height).unwrap_or(1),
        );
        &reduced
    } else {
        image
    };
    let letters = letters(look);
    if letters.len() < ENOUGH {
        return false;
    }
    let step = letters.len().div_ceil(ASKED).max(1);
    let (mut across, mut down) = (0_u32, 0_u32);
    for letter in letters.iter().step_by(step) {
        match nearest(letter, &letters) {
            Some((x, y)) if x > y => across += 1,
            Some((x, y)) if y > x => down += 1,
            _ => {}
        }
    }
    let all = across + down;
    #[allow(clippy::cast_precision_loss, reason = "some hundred letters")]
    let share = down as f32 / all.max(1) as f32;
    all as usize * 4 >= ENOUGH && share >= SIDEWAYS
}

/// Shapes of the size that most letters of the page have.
fn letters(image: &GrayImage) -> Vec<Shape> {
    let side = |shape: &Shape| (shape.right - shape.left + 1).max(shape.bottom - shape.top + 1);
    let mut found: Vec<Shape> = shapes(image)
        .into_iter()
        .filter(|shape| {
            let (width, height) = (shape.right - shape.left + 1, shape.bottom - shape.top + 1);
            (4..=80).contains(&side(shape)) && width <= 5 * height && height <= 5 * width
        })
        .collect();
    let mut sides: Vec<u32> = found.iter().map(side).collect();
    sides.sort_unstable();
    // Points and dots of letters are the small half of some prints.
    let Some(usual) = sides.get(sides.len() * 6 / 10).copied() else { return Vec::new() };
    found.retain(|shape| (usual * 2 / 3..=usual * 2).contains(&side(shape)));
    found.sort_by_key(|shape| shape.top);
    found
}

/// Distance across and down between a letter's middle and that of its nearest neighbour. Letters are
/// sorted by their tops.
fn nearest(letter: &Shape, letters: &[Shape]) -> Option<(u32, u32)> {
    let side = (letter.right - letter.left).max(letter.bottom - letter.top) + 1;
    let reach = side * 4;
    let from = letters.partition_point(|other| other.top + reach < letter.top);
    letters
        .iter()
        .skip(from)
        .take_while(|other| other.top <= letter.top + reach)
        .filter(|other| (other.left, other.top) != (letter.left, letter.top))
        .map(|other| {
            let middle = |shape: &Shape| (shape.left + shape.right, shape.top + shape.bottom);
            let ((x, y), (other_x, other_y)) = (middle(letter), middle(other));
            (x.abs_diff(other_x), y.abs_diff(other_y))
        })
        .filter(|(x, y)| x.max(y) <= &(2 * reach))
        .min_by_key(|(x, y)| u64::from(*x).pow(2) + u64::from(*y).pow(2))
}
