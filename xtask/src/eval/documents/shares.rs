//! The shares that the project is held to: numbers exact, labels with their values, rows complete.

use serde::{Serialize, Serializer};

/// How many of how many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Share {
    right: u32,
    of: u32,
}

impl Share {
    pub(super) fn count(&mut self, is_right: bool) {
        self.of += 1;
        self.right += u32::from(is_right);
    }

    pub(super) fn add(&mut self, other: Self) {
        self.right += other.right;
        self.of += other.of;
    }

    /// `1,022 of 1,030, 99.2 %`, rounded down so that 100 % means all.
    pub(super) fn shown(self) -> String {
        let Some(permille) = (u64::from(self.right) * 1000).checked_div(u64::from(self.of)) else {
            return "none".to_owned();
        };
        format!("{} of {}, {}.{} %", self.right, self.of, permille / 10, permille % 10)
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_json::json!({ "right": self.right, "of": self.of }).serialize(serializer)
    }
}

/// Of one document or many.
#[derive(Debug, Clone, Copy, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shares {
    /// Amounts, dates, rates, numbers and codes that are exactly those of the truth.
    pub(super) numbers: Share,
    /// Labels of the truth that come with their value.
    pub(super) labels: Share,
    /// Items and movements of which every field of the truth is exact.
    pub(super) rows: Share,
}

impl Shares {
    pub(super) fn add(&mut self, other: Self) {
        self.numbers.add(other.numbers);
        self.labels.add(other.labels);
        self.rows.add(other.rows);
    }
}

/// Whether the values of a field are figures or codes, of which one wrong digit makes another value;
/// the others are words.
pub(super) fn is_figure(field: &str) -> bool {
    const WORDS: [&str; 9] =
        ["kind", "refused", "name", "taxOffice", "description", "unit", "type", "Type", "profile"];
    !WORDS.iter().any(|word| field.ends_with(word))
}

/// How the pixels or letters of a document came about, by which the aims differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Capture {
    /// Files of banks and e-documents.
    Data,
    /// PDF with a text layer.
    Digital,
    /// Recognised from a scan.
    Scan,
    /// Recognised from a photograph.
    Photo,
}

impl Capture {
    /// By what read the document, and by the part `photo` of its name (`NAME.photo.jpg`), by which the
    /// fixtures tell photographs from scans.
    pub(super) fn of(engine: Option<&str>, name: &str) -> Self {
        let lower = name.to_lowercase();
        let extension = lower.rsplit('.').next().unwrap_or_default();
        let is_image = ["png", "jpg", "jpeg", "tif", "tiff", "webp"].contains(&extension);
        let is_recognised = match engine {
            Some(engine) => engine.contains("tesseract"),
            None => is_image,
        };
        if is_recognised {
            let is_photo = lower.split('.').any(|part| part == "photo");
            return if is_photo { Self::Photo } else { Self::Scan };
        }
        let is_digital = match engine {
            Some(engine) => engine.contains("pdf"),
            None => extension == "pdf",
        };
        if is_digital { Self::Digital } else { Self::Data }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Data => "files of data",
            Self::Digital => "PDF with text",
            Self::Scan => "scans without photographs",
            Self::Photo => "photographs",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Capture, Share, is_figure};

    #[test]
    fn a_share_is_whole_only_when_all_are_right() {
        let mut share = Share::default();
        assert_eq!(share.shown(), "none");
        for right in 0..2000 {
            share.count(right != 7);
        }
        assert_eq!(share.shown(), "1999 of 2000, 99.9 %");
    }

    #[test]
    fn words_are_no_figures() {
        for field in ["supplier.name", "line.description", "kind", "invoiceType", "party.name"] {
            assert!(!is_figure(field), "{field}");
        }
        for field in ["line.lineTotal", "ettn", "transaction.reference", "issueDate", "iban"] {
            assert!(is_figure(field), "{field}");
        }
    }

    #[test]
    fn photographs_are_known_by_their_names_and_scans_by_their_engine() {
        let of = |engine, name| Capture::of(engine, name);
        assert_eq!(of(Some("tesseract"), "00-invoice.photo.jpg"), Capture::Photo);
        assert_eq!(of(Some("tesseract"), "00-invoice.clean.tif"), Capture::Scan);
        assert_eq!(of(Some("pdf-text+tesseract"), "a.pdf"), Capture::Scan);
        assert_eq!(of(Some("pdf-text"), "photo.pdf"), Capture::Digital);
        assert_eq!(of(Some("mt940"), "a.sta"), Capture::Data);
        assert_eq!(of(None, "a.photo.jpg"), Capture::Photo);
        assert_eq!(of(None, "a.pdf"), Capture::Digital);
    }
}
