//! A page's pixels: its one full-page image at its own resolution, or a rendering of the page.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro::{
    PixmapSettings, RenderCache, RenderSettings, render, render_into,
    vello_cpu::{
        Pixmap, RasterizerSettings, RenderContext, Resources, TargetInit,
        color::{AlphaColor, Srgb},
    },
};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageData, ImageDrawProps,
    InterpreterCache, InterpreterSettings, LumaData, SoftMask, TransformExt,
    font::GlyphRun,
    hayro_syntax::page::Page,
    interpret_page,
    kurbo::{Affine, BezPath, Rect},
};
use image::{GrayImage, imageops};

use super::{decide, glyphs::PageGlyphs};
use crate::{
    error::{Limit, ReadError},
    limits::Limits,
};

/// Resolution of renderings, in pixels per point: 300 dpi.
const SCALE: f64 = 300.0 / 72.0;
/// The renderer's own sides are of 16 bits.
const MOST_SIDE: f64 = 60_000.0;
const MOST_PIXELS: f64 = 50e6;
/// Share of the page from which an image is the whole page.
const WHOLE_PAGE: f64 = 0.85;
/// Sides of an image below which it is not the scan of a page.
const LEAST_SIDE: u32 = 500;

/// The page as grey pixels, upright as the page is shown.
pub(super) fn pixels(
    page: &Page<'_>,
    set: &PageGlyphs,
    limits: &Limits,
) -> Result<GrayImage, ReadError> {
    let too_large = |image: &super::glyphs::PlacedImage| {
        u64::from(image.width) * u64::from(image.height) > limits.pixels
    };
    if set.images.iter().any(too_large) {
        return Err(ReadError::LimitExceeded(Limit::Pixels));
    }
    let read = AssertUnwindSafe(|| match embedded(page, set) {
        Some(image) => Some(image),
        None => rendered(page, set),
    });
    catch_unwind(read)
        .map_err(|cause| ReadError::of_panic(&*cause, "pdf: a page cannot be rendered"))?
        .ok_or_else(|| ReadError::Corrupt("pdf: a page has no pixels".to_owned()))
}

/// The image of a page that is nothing but one image.
fn embedded(page: &Page<'_>, set: &PageGlyphs) -> Option<GrayImage> {
    let &[placed] = set.images.as_slice() else { return None };
    let visible = set.glyphs.len().saturating_sub(set.invisible);
    let whole = decide::share(&placed, set) >= WHOLE_PAGE
        && placed.width.min(placed.height) >= LEAST_SIDE
        && visible == 0
        && set.paths < 5;
    let turn = Turn::of(placed.transform)?;
    if !whole {
        return None;
    }
    let mut grabber = Grabber(None);
    let cache = InterpreterCache::new();
    let mut context = Context::new(
        page.initial_transform(true).to_kurbo(),
        Rect::new(0.0, 0.0, set.width, set.height),
        &cache,
        page.xref(),
        InterpreterSettings::default(),
    );
    interpret_page(page, &mut context, &mut grabber);
    let image = grabber.0?;
    Some(match turn {
        Turn::None => image,
        Turn::Quarter => imageops::rotate90(&image),
        Turn::Half => imageops::rotate180(&image),
        Turn::ThreeQuarters => imageops::rotate270(&image),
    })
}

/// Clockwise turns that make an image upright.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    None,
    Quarter,
    Half,
    ThreeQuarters,
}

impl Turn {
    /// By where the image's sides point on the page; mirrored and slanted images are rendered.
    fn of(transform: Affine) -> Option<Self> {
        let [a, b, c, d, _, _] = transform.as_coeffs();
        let small = |value: f64, beside: f64| value.abs() <= 0.1 * beside.abs();
        match (small(b, a) && small(c, d), small(a, b) && small(d, c)) {
            (true, _) if a > 0.0 && d > 0.0 => Some(Self::None),
            (true, _) if a < 0.0 && d < 0.0 => Some(Self::Half),
            (_, true) if b > 0.0 && c < 0.0 => Some(Self::Quarter),
            (_, true) if b < 0.0 && c > 0.0 => Some(Self::ThreeQuarters),
            _ => None,
        }
    }
}

/// Takes the one image that a page paints.
struct Grabber(Option<GrayImage>);

impl<'a> Device<'a> for Grabber {
    fn draw_image(&mut self, image: Image<'a, '_>, _: ImageDrawProps<'a>) {
        let Image::Raster(raster) = image else { return };
        raster.with_rgba(
            |data, alpha| {
                // Transparency is left to the renderer.
                if alpha.is_none() {
                    self.0 = grey(data, None);
                }
            },
            None,
        );
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_glyph_run(&mut self, _: &GlyphRun<'_, 'a>, _: DrawProps<'a>, _: &DrawMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

/// An image of the file in grey, on white where it is transparent.
pub(super) fn grey(data: ImageData, alpha: Option<LumaData>) -> Option<GrayImage> {
    let mut grey = match data {
        ImageData::Luma(luma) => GrayImage::from_raw(luma.width, luma.height, luma.data),
        ImageData::Rgb(rgb) => {
            let grey = rgb.data.chunks_exact(3).map(luminance).collect();
            GrayImage::from_raw(rgb.width, rgb.height, grey)
        }
    }?;
    if let Some(alpha) = alpha.filter(|alpha| alpha.data.len() == grey.as_raw().len()) {
        for (pixel, alpha) in grey.iter_mut().zip(&alpha.data) {
            let alpha = u16::from(*alpha);
            let mixed = (u16::from(*pixel) * alpha + 255 * (255 - alpha)) / 255;
            *pixel = u8::try_from(mixed).unwrap_or(255);
        }
    }
    Some(grey)
}

/// Rec. 709 weights, as the image decoders use.
fn luminance(pixel: &[u8]) -> u8 {
    let &[red, green, blue, ..] = pixel else { return 255 };
    let sum = 2126 * u32::from(red) + 7152 * u32::from(green) + 722 * u32::from(blue);
    u8::try_from(sum / 10_000).unwrap_or(255)
}

fn rendered(page: &Page<'_>, set: &PageGlyphs) -> Option<GrayImage> {
    let area = (set.width * set.height).max(1.0);
    let scale = SCALE
        .min((MOST_PIXELS / area).sqrt())
        .min(MOST_SIDE / set.width.max(1.0))
        .min(MOST_SIDE / set.height.max(1.0));
    if scale * set.width < 1.0 || scale * set.height < 1.0 {
        return None;
    }
    #[allow(clippy::cast_possible_truncation, reason = "a scale near 4")]
    let scale = scale as f32;
    let pixmap = render(
        page,
        &RenderCache::new(),
        &InterpreterSettings::default(),
        &RenderSettings { force_image_interpolation: true, ..RenderSettings::default() },
        &PixmapSettings { x_scale: scale, y_scale: scale, bg_color: AlphaColor::<Srgb>::WHITE },
    );
    grey_of(&pixmap)
}

fn grey_of(pixmap: &Pixmap) -> Option<GrayImage> {
    let (width, height) = (u32::from(pixmap.width()), u32::from(pixmap.height()));
    let grey = pixmap.data_as_u8_slice().chunks_exact(4).map(luminance).collect();
    GrayImage::from_raw(width, height, grey)
}

/// White kept around the place of a code, in points.
const QUIET_ZONE: f64 = 12.0;
/// Side of the picture of a code, in pixels.
const CODE_SIDE: f64 = 700.0;
/// Shapes and glyphs of a page from which rendering it for the sake of a code is not worth its time.
const MOST_PAINTED: usize = 60_000;

/// The place of a code that is drawn as shapes; `None` where the page is too full or fails.
pub(super) fn code_area(page: &Page<'_>, set: &PageGlyphs, area: Rect) -> Option<GrayImage> {
    if set.glyphs.len() + set.paths > MOST_PAINTED {
        return None;
    }
    let area = area.inflate(QUIET_ZONE, QUIET_ZONE);
    let scale = CODE_SIDE / area.width().max(area.height()).max(1.0);
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and the side of the picture"
    )]
    let side = |length: f64| (length * scale).ceil().clamp(1.0, CODE_SIDE) as u16;
    let (width, height) = (side(area.width()), side(area.height()));
    let rendered = AssertUnwindSafe(|| {
        let mut target = RenderContext::new(width, height);
        let transform = Affine::scale(scale)
            * Affine::translate((-area.x0, -area.y0))
            * page.initial_transform(true).to_kurbo();
        render_into(
            page,
            &RenderCache::new(),
            &InterpreterSettings::default(),
            &RenderSettings::default(),
            &mut target,
            transform,
        );
        target.flush();
        let mut pixmap = Pixmap::new(width, height);
        let settings = RasterizerSettings {
            target_init: TargetInit::Clear(AlphaColor::<Srgb>::WHITE),
            ..RasterizerSettings::default()
        };
        target.render_with(&mut pixmap, &mut Resources::default(), settings);
        grey_of(&pixmap)
    });
    // The text of the page is read; a code that cannot be painted is one that is not there.
    catch_unwind(rendered).ok().flatten()
}
