//! The glyphs and images that a page paints, with their place on the upright page.

use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps,
    InterpreterCache, InterpreterSettings, SoftMask, TransformExt,
    font::{Glyph as HayroGlyph, GlyphRun},
    hayro_cmap::BfString,
    hayro_syntax::{Pdf, page::Page},
    interpret_page,
    kurbo::{Affine, BezPath, Point, Rect, Vec2},
};

use super::code_areas::CodeAreas;
use crate::{
    error::{Limit, ReadError},
    limits::Limits,
};

/// Paint operations allowed for each glyph allowed: drawings are cheap, but not free.
const OPERATIONS_PER_GLYPH: u64 = 5;
/// Sides of a page in points beyond which nothing sensible is printed (PDF's own limit is 14,400).
const MAX_SIDE: f64 = 1e6;
/// Bytes of a page's instructions, unpacked. Real pages have some hundred kilobytes.
const CONTENT_BYTES: usize = 64 << 20;

/// One of the four right angles that text runs in, as seen on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Direction {
    Right,
    Down,
    Left,
    Up,
}

impl Direction {
    fn of(advance: Vec2) -> Self {
        match (advance.x.abs() >= advance.y.abs(), advance.x >= 0.0, advance.y >= 0.0) {
            (true, true, _) => Self::Right,
            (true, false, _) => Self::Left,
            (false, _, true) => Self::Down,
            (false, _, false) => Self::Up,
        }
    }

    /// Turns a point of a `width` by `height` page so that text in this direction is upright.
    pub(super) fn upright(self, (x, y): (f64, f64), (width, height): (f64, f64)) -> (f64, f64) {
        match self {
            Self::Right => (x, y),
            Self::Down => (y, width - x),
            Self::Left => (width - x, height - y),
            Self::Up => (height - y, x),
        }
    }

    /// The reverse of [`Self::upright`], with the size of the page before turning.
    pub(super) fn back(self, (u, v): (f64, f64), (width, height): (f64, f64)) -> (f64, f64) {
        match self {
            Self::Right => (u, v),
            Self::Down => (width - v, u),
            Self::Left => (width - u, height - v),
            Self::Up => (v, height - u),
        }
    }
}

/// A glyph that has a meaning.
#[derive(Debug, Clone)]
pub(super) struct Glyph {
    pub(super) text: GlyphText,
    pub(super) direction: Direction,
    /// Start and end on the baseline and the baseline itself, upright for the glyph's direction.
    pub(super) start: f64,
    pub(super) end: f64,
    pub(super) baseline: f64,
    /// Font size in points along the page's height and along the text.
    pub(super) em: f64,
    pub(super) em_along: f64,
}

/// Nearly every glyph is one character; ligatures are not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum GlyphText {
    One(char),
    Several(Box<str>),
}

impl GlyphText {
    pub(super) fn is_blank(&self) -> bool {
        match self {
            Self::One(letter) => letter.is_whitespace() || *letter == '\u{200b}',
            Self::Several(letters) => letters.trim().is_empty(),
        }
    }

    pub(super) fn push_to(&self, word: &mut String) {
        match self {
            Self::One(letter) => word.push(*letter),
            Self::Several(letters) => word.push_str(letters),
        }
    }

    pub(super) fn first(&self) -> char {
        match self {
            Self::One(letter) => *letter,
            Self::Several(letters) => letters.chars().next().unwrap_or(' '),
        }
    }
}

/// What one page painted.
#[derive(Debug, Default)]
pub(super) struct PageGlyphs {
    /// Size of the page as shown, in points.
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) glyphs: Vec<Glyph>,
    /// Visible glyphs whose meaning the file does not tell.
    pub(super) unmapped: usize,
    /// Glyphs painted invisibly, as scanners do with their own recognition.
    pub(super) invisible: usize,
    /// Images, each by the matrix that places its unit square on the page.
    pub(super) images: Vec<PlacedImage>,
    /// Paths that were filled or stroked.
    pub(super) paths: usize,
    /// The texts of QR codes among the images.
    pub(super) codes: Vec<String>,
    /// Where a QR code may be drawn as shapes.
    pub(super) code_areas: CodeAreas,
}

/// An image on the page.
#[derive(Debug, Clone, Copy)]
pub(super) struct PlacedImage {
    /// From pixels to points of the upright page.
    pub(super) transform: Affine,
    /// Declared size in pixels.
    pub(super) width: u32,
    pub(super) height: u32,
}

/// Images of a page that are looked at for codes.
const MOST_CODES: usize = 4;

impl PlacedImage {
    /// The box around the image on the page.
    fn place(&self) -> Rect {
        let pixels = Rect::new(0.0, 0.0, f64::from(self.width), f64::from(self.height));
        self.transform.transform_rect_bbox(pixels)
    }

    /// Whether size and shape are those of a printed QR code.
    fn may_be_code(&self) -> bool {
        let (long, short) = (self.width.max(self.height), self.width.min(self.height));
        let [a, b, c, d, _, _] = self.transform.as_coeffs();
        let printed = (a * d - b * c).abs() * f64::from(self.width) * f64::from(self.height);
        (21..=1200).contains(&short)
            && long * 4 <= short * 5
            && (20.0_f64.powi(2)..=300.0_f64.powi(2)).contains(&printed)
    }
}

/// Counts across the pages of one document.
#[derive(Debug)]
pub(super) struct Budget {
    glyphs: u64,
    operations: u64,
}

impl Budget {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            glyphs: limits.glyphs,
            operations: limits.glyphs.saturating_mul(OPERATIONS_PER_GLYPH),
        }
    }
}

/// Thrown through the interpreter, which offers no other way to stop it.
struct OutOfBudget;

/// Interprets the pages of one document with one font cache.
pub(super) struct Collector<'a> {
    pdf: &'a Pdf,
    cache: InterpreterCache<'a>,
    settings: InterpreterSettings,
}

impl<'a> Collector<'a> {
    pub(super) fn new(pdf: &'a Pdf) -> Self {
        Self { pdf, cache: InterpreterCache::new(), settings: InterpreterSettings::default() }
    }

    /// Runs the page and collects what it paints.
    pub(super) fn page(
        &mut self,
        page: &Page<'a>,
        budget: &mut Budget,
    ) -> Result<PageGlyphs, ReadError> {
        let (width, height) = page.render_dimensions();
        let (width, height) = (f64::from(width), f64::from(height));
        if !(width.is_finite() && height.is_finite()) || width > MAX_SIDE || height > MAX_SIDE {
            return Err(ReadError::LimitExceeded(Limit::Pixels));
        }
        if page.page_stream().is_some_and(|content| content.len() > CONTENT_BYTES) {
            return Err(ReadError::LimitExceeded(Limit::Memory));
        }
        let mut device = Recorder {
            page: PageGlyphs { width, height, ..PageGlyphs::default() },
            seen: HashMap::new(),
            looked_at: 0,
            budget,
        };
        let mut context = Context::new(
            page.initial_transform(true).to_kurbo(),
            Rect::new(0.0, 0.0, width, height),
            &self.cache,
            self.pdf.xref(),
            self.settings.clone(),
        );
        let run = AssertUnwindSafe(|| interpret_page(page, &mut context, &mut device));
        match catch_unwind(run) {
            Ok(()) => Ok(device.page),
            Err(cause) if cause.is::<OutOfBudget>() => Err(ReadError::LimitExceeded(Limit::Glyphs)),
            Err(cause) => Err(ReadError::of_panic(&*cause, "pdf: a page cannot be interpreted")),
        }
    }
}

/// Distance, in parts of the font size, within which a repeated glyph is the same glyph made bold.
const SAME_PLACE: f64 = 0.12;

struct Recorder<'b> {
    page: PageGlyphs,
    /// Places of glyphs in steps of [`SAME_PLACE`].
    seen: HashMap<(char, i64, i64), (f64, f64)>,
    /// Images that were looked at for codes.
    looked_at: usize,
    budget: &'b mut Budget,
}

impl Recorder<'_> {
    fn operation(&mut self) {
        match self.budget.operations.checked_sub(1) {
            Some(left) => self.budget.operations = left,
            None => resume_unwind(Box::new(OutOfBudget)),
        }
    }

    fn glyph(&mut self, glyph: &HayroGlyph<'_>, transform: Affine, visible: bool) {
        match self.budget.glyphs.checked_sub(1) {
            Some(left) => self.budget.glyphs = left,
            None => resume_unwind(Box::new(OutOfBudget)),
        }
        let text = match glyph.as_unicode() {
            Some(BfString::Char(letter)) => GlyphText::One(letter),
            Some(BfString::String(letters)) => GlyphText::Several(letters.into()),
            None => {
                self.page.unmapped += usize::from(visible);
                return;
            }
        };
        if is_meaningless(text.first()) {
            self.page.unmapped += usize::from(visible);
            return;
        }
        let advance = match glyph {
            HayroGlyph::Outline(outline) => outline.advance_width(),
            HayroGlyph::Type3(shape) => shape.advance_width(),
        };
        let origin = transform * Point::ZERO;
        let along = transform * Point::new(1000.0, 0.0) - origin;
        let up = transform * Point::new(0.0, 1000.0) - origin;
        let end = transform * Point::new(f64::from(advance.unwrap_or(500.0)), 0.0);
        let (em, em_along) = (up.hypot(), along.hypot());
        let sane = origin.is_finite() && end.is_finite() && em.is_finite() && em > 0.01;
        let on_page = (-1.0..=self.page.width + 1.0).contains(&origin.x)
            && (-1.0..=self.page.height + 1.0).contains(&origin.y);
        if !sane || !on_page || self.repeated(text.first(), origin, em) {
            return;
        }
        let direction = Direction::of(along);
        let size = (self.page.width, self.page.height);
        let (start, baseline) = direction.upright((origin.x, origin.y), size);
        let (end, _) = direction.upright((end.x, end.y), size);
        self.page.invisible += usize::from(!visible);
        self.page.glyphs.push(Glyph {
            text,
            direction,
            start: start.min(end),
            end: start.max(end),
            baseline,
            em,
            em_along,
        });
    }

    fn repeated(&mut self, letter: char, place: Point, em: f64) -> bool {
        let step = SAME_PLACE * em;
        // Page sides and font sizes are bounded above, so the quotients fit.
        #[allow(clippy::cast_possible_truncation, reason = "bounded by the page's size")]
        let (column, row) = ((place.x / step).floor() as i64, (place.y / step).floor() as i64);
        for near_column in column - 1..=column + 1 {
            for near_row in row - 1..=row + 1 {
                let near = self.seen.get(&(letter, near_column, near_row));
                if near.is_some_and(|&(x, y)| (x - place.x).hypot(y - place.y) <= step) {
                    return true;
                }
            }
        }
        self.seen.insert((letter, column, row), (place.x, place.y));
        false
    }
}

/// Replacement, private use and control characters: the file maps the glyph, but to nothing.
fn is_meaningless(letter: char) -> bool {
    matches!(letter, '\u{fffd}' | '\u{e000}'..='\u{f8ff}' | '\0'..='\u{8}' | '\u{e}'..='\u{1f}')
}

impl<'a> Device<'a> for Recorder<'_> {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        self.operation();
        self.page.paths += 1;
        if matches!(mode, DrawMode::Fill(_)) {
            self.page.code_areas.path(path, props.transform);
        }
    }

    fn push_clip_path(&mut self, _: &ClipPath) {
        self.operation();
    }

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {
        self.operation();
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        let visible = !matches!(mode, DrawMode::Invisible);
        for glyph in run.glyphs() {
            self.glyph(glyph, props.transform * glyph.transform(), visible);
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.operation();
        let placed = PlacedImage {
            transform: props.transform,
            width: image.width(),
            height: image.height(),
        };
        self.page.images.push(placed);
        if !placed.may_be_code() || self.looked_at >= MOST_CODES {
            return;
        }
        self.looked_at += 1;
        let Image::Raster(raster) = image else {
            self.page.code_areas.stencil(placed.place());
            return;
        };
        raster.with_rgba(
            |data, alpha| {
                if let Some(grey) = super::raster::grey(data, alpha) {
                    self.page.codes.extend(crate::ocr::codes_of_image(&grey));
                }
            },
            None,
        );
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}

    fn draw_rect(&mut self, rect: &Rect, props: DrawProps<'a>, mode: &DrawMode) {
        self.operation();
        self.page.paths += 1;
        if matches!(mode, DrawMode::Fill(_)) {
            self.page.code_areas.rect(*rect, props.transform);
        }
    }

    fn push_clip_rect(&mut self, _: &Rect) {
        self.operation();
    }
}
