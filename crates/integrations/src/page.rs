//! One page of a pull: what came, what could not be understood, and where to go on.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::cursor::Cursor;

/// A page. Records and `next` are to be stored in one transaction: `next` says that everything up to
/// it has been given, and may only be kept where its records are kept.
#[derive(Debug, Clone)]
pub struct Page<R> {
    /// What came, in the source's order. May hold more than was asked for where the source's unit (a
    /// file) cannot be parted, and none at all on a page that only moves the cursor.
    pub records: Vec<R>,
    /// What came and was not understood.
    pub skipped: Vec<SkippedRecord>,
    /// Objects of a file drop that this page settles, to be kept with the page
    /// ([`crate::port::ObjectLedger`]). Empty for all other connectors.
    pub objects: Vec<ObjectOutcome>,
    /// What an office should be told.
    pub warnings: Vec<Warning>,
    /// Where the next page, or the next sync, begins.
    pub next: Cursor,
    /// Whether the source has nothing more for now. If not, ask again with `next`.
    pub done: bool,
    /// More is known to come later, sooner than the usual interval.
    pub come_back: Option<ComeBack>,
}

impl<R> Page<R> {
    /// A page with nothing in it but a position.
    pub const fn empty(next: Cursor, done: bool) -> Self {
        Self {
            records: Vec::new(),
            skipped: Vec::new(),
            objects: Vec::new(),
            warnings: Vec::new(),
            next,
            done,
            come_back: None,
        }
    }
}

/// When, and why, another sync is worth it before the usual interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ComeBack {
    /// After this long.
    pub after: Duration,
}

/// A record of the source that is not in `records`. No payload: only what a person needs to find it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkippedRecord {
    /// The source's id, when at least that could be read; an object's key in a file drop.
    pub external_id: Option<String>,
    /// Why.
    pub reason: SkipReason,
    /// Which field, or what exactly, without any value of the record.
    pub detail: String,
}

impl SkippedRecord {
    /// Names a record and what is wrong with it.
    pub fn new(
        external_id: Option<impl Into<String>>,
        reason: SkipReason,
        detail: impl Into<String>,
    ) -> Self {
        Self { external_id: external_id.map(Into::into), reason, detail: detail.into() }
    }
}

/// Why a record was skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// A field without which the record is worth nothing is absent or empty.
    MissingField,
    /// A field does not have the shape that the source documents.
    InvalidField,
    /// A currency that is no ISO 4217 code.
    UnknownCurrency,
    /// A file that could not be read.
    UnreadableFile,
    /// A file or record of a kind that this connector does not import.
    UnsupportedKind,
    /// A statement whose balances do not add up: it asks for a person before it is booked.
    BrokenBalance,
    /// Larger than what is taken.
    TooLarge,
    /// Not booked yet, or cancelled before it was.
    NotBooked,
}

impl SkipReason {
    /// The word in the sync log's context.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MissingField => "missing_field",
            Self::InvalidField => "invalid_field",
            Self::UnknownCurrency => "unknown_currency",
            Self::UnreadableFile => "unreadable_file",
            Self::UnsupportedKind => "unsupported_kind",
            Self::BrokenBalance => "broken_balance",
            Self::TooLarge => "too_large",
            Self::NotBooked => "not_booked",
        }
    }

    /// The sentence for people.
    pub const fn in_turkish(self) -> &'static str {
        match self {
            Self::MissingField => "Zorunlu bir alan boş.",
            Self::InvalidField => "Bir alanın değeri anlaşılamadı.",
            Self::UnknownCurrency => "Para birimi tanınmıyor.",
            Self::UnreadableFile => "Dosya okunamadı.",
            Self::UnsupportedKind => "Bu tür kayıt içe aktarılmıyor.",
            Self::BrokenBalance => "Ekstrenin bakiyeleri birbirini tutmuyor; kontrol edilmeli.",
            Self::TooLarge => "Kayıt izin verilen boyuttan büyük.",
            Self::NotBooked => "Hareket henüz kesinleşmemiş.",
        }
    }
}

/// What an office should be told although the pull goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "warning", rename_all = "snake_case")]
pub enum Warning {
    /// The consent ends soon; without a new one the pulls will stop.
    ConsentEnds {
        /// When.
        at: DateTime<Utc>,
    },
    /// The source did not keep a part of the asked range any more, or refuses to give it.
    RangeNotAvailable {
        /// First instant that is missing.
        from: DateTime<Utc>,
        /// First instant that is there.
        until: DateTime<Utc>,
    },
    /// The source does not give an account's movements now; where it was read to is kept.
    AccountRefused {
        /// The source's id of the account.
        external_id: String,
    },
    /// A file drop's folder never held a file: there may be no such folder.
    FolderEmpty {
        /// Below the office's part of the storage.
        folder: String,
    },
    /// A file drop's folder holds files whose names are no text (UTF-8), which cannot be read.
    NamesUnreadable {
        /// Below the office's part of the storage.
        folder: String,
    },
    /// An account of the source cannot be imported.
    AccountSkipped {
        /// The source's id of the account.
        external_id: String,
        /// Why.
        reason: SkipReason,
    },
}

impl Warning {
    /// The sentence for people.
    pub fn in_turkish(&self) -> String {
        match self {
            Self::ConsentEnds { at } => format!(
                "Banka erişim izni {} tarihinde sona eriyor; kesinti olmaması için izni yenileyin.",
                at.format("%d.%m.%Y")
            ),
            Self::RangeNotAvailable { from, until } => format!(
                "Kaynak {} ile {} arasındaki kayıtları vermiyor; bu aralığı elle yükleyin.",
                from.format("%d.%m.%Y"),
                until.format("%d.%m.%Y")
            ),
            Self::AccountRefused { external_id } => format!(
                "Kaynak {external_id} hesabının hareketlerini şu anda vermiyor; hesap sonraki eşitlemede \
                 kaldığı yerden yeniden denenecek."
            ),
            Self::FolderEmpty { folder } => format!(
                "\"{folder}\" klasöründe hiç dosya görülmedi; klasörün adını ve dosyaların oraya \
                 bırakıldığını kontrol edin."
            ),
            Self::NamesUnreadable { folder } => format!(
                "\"{folder}\" klasöründe adı okunamayan dosyalar var; adlarını UTF-8 olarak, Türkçe \
                 harfsiz yazıp yeniden bırakın."
            ),
            Self::AccountSkipped { external_id, reason } => {
                format!("{external_id} hesabı alınamadı: {}", reason.in_turkish())
            }
        }
    }
}

/// One version of an object in a file drop.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ObjectVersion {
    /// Size in bytes.
    pub size: u64,
    /// When it was written, by the store's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<DateTime<Utc>>,
    /// The store's mark of the version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
}

/// What became of one object of a file drop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectOutcome {
    /// Its key below the drop's folder.
    pub key: String,
    /// Which version was read.
    pub version: ObjectVersion,
    /// SHA-256 of its content in hex; absent where it was not read to its end.
    pub sha256: Option<String>,
    /// How it ended.
    pub result: ObjectResult,
}

/// How an object of a file drop ended. Either way this version is not read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum ObjectResult {
    /// Its records are on this page.
    Taken {
        /// How many.
        records: u64,
    },
    /// The same content was taken from another key or version.
    SameContent,
    /// It gives nothing; the page's `skipped` says why, by its key.
    Refused {
        /// Why.
        reason: SkipReason,
    },
    /// Of another stream (a statement, where invoices are pulled), which will take it.
    OtherStream,
}
