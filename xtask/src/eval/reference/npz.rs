//! Reads the two arrays of a NumPy archive: `X` (rows of numbers) and `y` (1: outlier).

use std::{fs::File, io::Read, path::Path};

use anyhow::{Context, Result, bail};

/// A table by columns, with its labels.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) columns: Vec<Vec<f64>>,
    pub(super) is_outlier: Vec<bool>,
}

pub(super) fn read(path: &Path) -> Result<Table> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut archive = zip::ZipArchive::new(file)?;
    let mut array = |name: &str| -> Result<Array> {
        let mut bytes = Vec::new();
        archive.by_name(name)?.read_to_end(&mut bytes)?;
        parse(&bytes).with_context(|| format!("{name} of {}", path.display()))
    };
    let (x, y) = (array("X.npy")?, array("y.npy")?);
    let width = x.shape.get(1).copied().unwrap_or(1);
    let height = x.shape.first().copied().unwrap_or(0);
    let columns = (0..width)
        .map(|column| {
            (0..height)
                .map(|row| {
                    let at =
                        if x.is_by_column { column * height + row } else { row * width + column };
                    x.values.get(at).copied().unwrap_or(f64::NAN)
                })
                .collect()
        })
        .collect();
    Ok(Table { columns, is_outlier: y.values.iter().map(|value| *value > 0.5).collect() })
}

#[derive(Debug)]
struct Array {
    shape: Vec<usize>,
    is_by_column: bool,
    values: Vec<f64>,
}

/// The NPY format, versions 1 to 3: magic, version, length of the header, a Python dictionary, data.
fn parse(bytes: &[u8]) -> Result<Array> {
    if bytes.get(..6) != Some(b"\x93NUMPY") {
        bail!("not an array of NumPy");
    }
    let (start, length) = match bytes.get(6..12) {
        Some([1, _, a, b, ..]) => (10, usize::from(u16::from_le_bytes([*a, *b]))),
        Some([_, _, a, b, c, d]) => (12, u32::from_le_bytes([*a, *b, *c, *d]) as usize),
        _ => bail!("cut off"),
    };
    let header = bytes.get(start..start + length).context("cut off")?;
    let header = std::str::from_utf8(header)?;
    let data = bytes.get(start + length..).unwrap_or_default();
    let field =
        |name: &str| header.split(name).nth(1).map(|rest| rest.trim_start_matches([':', ' ']));
    let kind: String = field("'descr'")
        .context("no type")?
        .trim_start_matches('\'')
        .chars()
        .take_while(|c| *c != '\'')
        .collect();
    let shape = field("'shape'").context("no shape")?;
    let shape = shape.split(['(', ')']).nth(1).context("no shape")?;
    let shape = shape
        .split(',')
        .map(str::trim)
        .filter(|size| !size.is_empty())
        .map(str::parse)
        .collect::<Result<Vec<usize>, _>>()?;
    let is_by_column = field("'fortran_order'").is_some_and(|rest| rest.starts_with("True"));
    let values = match kind.as_str() {
        "<f8" => of_width::<8>(data, f64::from_le_bytes),
        "<f4" => of_width::<4>(data, |b| f64::from(f32::from_le_bytes(b))),
        "<i4" => of_width::<4>(data, |b| f64::from(i32::from_le_bytes(b))),
        // Labels: 0 and 1.
        "<i8" => of_width::<8>(data, |b| f64::from(u8::from(i64::from_le_bytes(b) != 0))),
        "|u1" | "|i1" | "|b1" => of_width::<1>(data, |b| f64::from(b[0])),
        other => bail!("numbers of type {other} are not read"),
    };
    Ok(Array { shape, is_by_column, values })
}

fn of_width<const N: usize>(data: &[u8], read: fn([u8; N]) -> f64) -> Vec<f64> {
    data.as_chunks::<N>().0.iter().copied().map(read).collect()
}
