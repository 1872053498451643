//! Places of a page where a QR code is drawn as shapes: print programs paint each module, or each run
//! of modules, as a rectangle, alone or as parts of one path.

use std::collections::{HashMap, HashSet};

use hayro_interpret::kurbo::{Affine, BezPath, PathEl, Rect};

/// Shapes kept of a page: the largest code has fewer modules.
const MOST_SHAPES: usize = 32_000;
/// Sides of a shape that may be a module, a run of them or a corner mark, in points.
const LARGEST_SHAPE: f64 = 60.0;
/// Side of the squares by which shapes are found to be neighbours, in points: less than the quiet
/// zone around a printed code.
const CELL: f64 = 4.0;
/// Sides of a printed code in points, and how far it may be from a square.
const SIDES: std::ops::RangeInclusive<f64> = 30.0..=300.0;
const SQUARE: f64 = 1.2;
/// Shapes of the smallest code whose runs are painted as one each.
const FEWEST: usize = 80;
/// Places of a page that are looked at.
const MOST_AREAS: usize = 3;

/// The small shapes of a page.
#[derive(Debug, Default)]
pub(super) struct CodeAreas {
    shapes: Vec<Rect>,
    /// Stencils of the size of a code.
    stencils: Vec<Rect>,
    /// Whether there were more shapes than a code has: a drawing.
    too_many: bool,
}

impl CodeAreas {
    /// Takes a painted path, part by part.
    pub(super) fn path(&mut self, path: &BezPath, transform: Affine) {
        let mut part = BezPath::new();
        for element in path.elements() {
            if matches!(element, PathEl::MoveTo(_)) && !part.is_empty() {
                self.rect(part.control_box(), transform);
                part = BezPath::new();
            }
            part.push(*element);
            if self.too_many {
                return;
            }
        }
        if !part.is_empty() {
            self.rect(part.control_box(), transform);
        }
    }

    /// Takes a painted rectangle.
    pub(super) fn rect(&mut self, rect: Rect, transform: Affine) {
        let placed = transform.transform_rect_bbox(rect);
        if !placed.is_finite() || placed.width().max(placed.height()) > LARGEST_SHAPE {
            return;
        }
        if self.shapes.len() < MOST_SHAPES {
            self.shapes.push(placed);
        } else {
            self.too_many = true;
        }
    }

    /// Takes the place of an image that is painted through as a stencil.
    pub(super) fn stencil(&mut self, placed: Rect) {
        if self.stencils.len() < MOST_AREAS && is_code_sized(placed) {
            self.stencils.push(placed);
        }
    }

    /// The places, in reading order of their first shapes.
    pub(super) fn found(&self) -> Vec<Rect> {
        let mut areas = self.stencils.clone();
        if self.shapes.len() >= FEWEST && !self.too_many {
            areas.extend(clusters(&self.shapes));
        }
        areas.truncate(MOST_AREAS);
        areas
    }
}

fn is_code_sized(area: Rect) -> bool {
    let (long, short) = (area.width().max(area.height()), area.width().min(area.height()));
    SIDES.contains(&short) && SIDES.contains(&long) && long <= SQUARE * short
}

/// The boxes around shapes that are neighbours, where they are as many and as square as a code's.
fn clusters(shapes: &[Rect]) -> Vec<Rect> {
    let mut by_cell: HashMap<(i64, i64), Vec<usize>> = HashMap::new();
    for (index, shape) in shapes.iter().enumerate() {
        for cell in cells(*shape) {
            by_cell.entry(cell).or_default().push(index);
        }
    }
    let mut seen: HashSet<(i64, i64)> = HashSet::with_capacity(by_cell.len());
    let mut taken = vec![false; shapes.len()];
    let mut found = Vec::new();
    for shape in shapes {
        let Some(start) = cells(*shape).next().filter(|cell| seen.insert(*cell)) else { continue };
        let mut waiting = vec![start];
        let (mut around, mut count) = (*shape, 0_usize);
        while let Some((column, row)) = waiting.pop() {
            for index in by_cell.get(&(column, row)).into_iter().flatten() {
                if let (Some(taken @ false), Some(shape)) =
                    (taken.get_mut(*index), shapes.get(*index))
                {
                    *taken = true;
                    count += 1;
                    around = around.union(*shape);
                }
            }
            for near in (-1..=1).flat_map(|x| (-1..=1).map(move |y| (column + x, row + y))) {
                if by_cell.contains_key(&near) && seen.insert(near) {
                    waiting.push(near);
                }
            }
        }
        if count >= FEWEST && is_code_sized(around) {
            found.push(around);
        }
    }
    found
}

fn cells(shape: Rect) -> impl Iterator<Item = (i64, i64)> {
    // Shapes are small and lie on pages of bounded size; what does not is far off any page.
    #[allow(clippy::cast_possible_truncation, reason = "saturates far off the page")]
    let cell = |value: f64| (value / CELL).floor().clamp(-1e7, 1e7) as i64;
    let (left, right) = (cell(shape.x0), cell(shape.x1));
    let (top, bottom) = (cell(shape.y0), cell(shape.y1));
    (left..=right).flat_map(move |column| (top..=bottom).map(move |row| (column, row)))
}

#[cfg(test)]
mod tests {
    use hayro_interpret::kurbo::Shape;

    use super::*;

    /// A code's modules at a place, as rectangles of one path or each alone.
    fn modules(areas: &mut CodeAreas, left: f64, top: f64, one_path: bool) {
        let mut path = BezPath::new();
        for index in 0..625_u32 {
            let (column, row) = (f64::from(index % 25), f64::from(index / 25));
            // About half the modules are dark, and all corners.
            if index * 7 % 3 == 0 || index % 24 == 0 {
                let rect = Rect::new(column * 3.0, row * 3.0, column * 3.0 + 3.0, row * 3.0 + 3.0);
                if one_path {
                    path.extend(rect.path_elements(0.1));
                } else {
                    areas.rect(rect, Affine::translate((left, top)));
                }
            }
        }
        if one_path {
            areas.path(&path, Affine::translate((left, top)));
        }
    }

    #[test]
    fn a_code_of_shapes_is_found_beside_the_rules_of_a_table() {
        for one_path in [false, true] {
            let mut areas = CodeAreas::default();
            for row in 0..40 {
                let y = 300.0 + f64::from(row) * 12.0;
                areas.rect(Rect::new(30.0, y, 560.0, y + 0.5), Affine::IDENTITY);
                for column in 0..6 {
                    let x = 30.0 + f64::from(column) * 90.0;
                    areas.rect(Rect::new(x, y, x + 0.5, y + 12.0), Affine::IDENTITY);
                }
            }
            assert!(areas.found().is_empty(), "{:?}", areas.found());
            modules(&mut areas, 450.0, 40.0, one_path);
            let found = areas.found();
            let [area] = found.as_slice() else { panic!("{found:?}") };
            assert!(area.contains_rect(Rect::new(450.0, 40.0, 524.0, 114.0)), "{area:?}");
        }
    }

    #[test]
    fn a_drawing_of_countless_shapes_is_none() {
        let mut areas = CodeAreas::default();
        for index in 0..40_000_u32 {
            let x = f64::from(index % 200);
            let y = f64::from(index / 200);
            areas.rect(Rect::new(x, y, x + 1.0, y + 1.0), Affine::IDENTITY);
        }
        assert!(areas.found().is_empty());
    }
}
