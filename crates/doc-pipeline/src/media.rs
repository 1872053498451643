//! The real type of a file, by its bytes; names and declared types are only compared with it.

use serde::{Deserialize, Serialize};

/// Types that this pipeline tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Media {
    /// Portable Document Format.
    Pdf,
    /// XML text, any encoding.
    Xml,
    /// Zip archive that is not a workbook.
    Zip,
    /// PNG image.
    Png,
    /// JPEG image.
    Jpeg,
    /// TIFF image, one or several pages.
    Tiff,
    /// WebP image.
    Webp,
    /// HEIC/HEIF image: recognised, to be refused by name.
    Heic,
    /// Office Open XML workbook.
    Xlsx,
    /// Legacy Excel workbook (OLE compound file).
    Xls,
    /// HTML text.
    Html,
    /// Other text.
    Text,
    /// Nothing known.
    Unknown,
}
