//! What stands above the heading: holder, account, currency, period, balances.

use chrono::NaiveDate;
use domain::{Currency, Iban};
use rust_decimal::Decimal;

use super::{
    Cell, Row,
    amount::{Decimals, Votes, read as read_amount},
    date::Order,
};
use crate::parse::fold::compact;

/// What the head says.
#[derive(Debug, Default)]
pub(super) struct Meta {
    pub(super) iban: Option<String>,
    pub(super) account_number: Option<String>,
    pub(super) holder: Option<String>,
    pub(super) bank: Option<String>,
    pub(super) currency: Option<Currency>,
    pub(super) start: Option<NaiveDate>,
    pub(super) end: Option<NaiveDate>,
    pub(super) opening: Option<Decimal>,
    pub(super) closing: Option<Decimal>,
    /// Whether the heading is Turkish, which tells how to take a missing currency.
    pub(super) is_turkish: bool,
    /// Whether it is the statement of a card, whose spending is printed without a sign.
    pub(super) is_card: bool,
}

/// Labels by their folded letters; a label begins a cell, its value stands behind it or in the next
/// cell that is not empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    Account,
    Holder,
    Currency,
    Period,
    Start,
    End,
    Opening,
    Closing,
    /// A balance of now, which neither opens nor closes the movements.
    Balance,
    Card,
}

const LABELS: &[(Label, &[&str])] = &[
    (
        Label::Card,
        &[
            "kartturu",
            "kartno",
            "kartnumarasi",
            "ekstreborcu",
            "hesapkesimtarihi",
            "donemborcu",
            "asgariodeme",
            "kartlimiti",
        ],
    ),
    (
        Label::Account,
        &[
            "hesapno",
            "hesapnumarasi",
            "accountnumber",
            "accountno",
            "kontonummer",
            "subehesapno",
            "hesapsubeno",
        ],
    ),
    (
        Label::Holder,
        &[
            "musteriadi",
            "adsoyad",
            "adisoyadi",
            "unvan",
            "musteriunvani",
            "hesapsahibi",
            "accountholder",
            "musteriadsoyad",
            "adiunvani",
            "adsoyadunvan",
            "musteri",
        ],
    ),
    (Label::Currency, &["parabirimi", "dovizcinsi", "dovizkodu", "doviz", "currency", "hesapturu"]),
    (
        Label::Period,
        &[
            "tariharaligi",
            "donem",
            "ekstredonemi",
            "hesaphareketleri",
            "period",
            "sorgutariharaligi",
            "islemtariharaligi",
        ],
    ),
    (Label::Start, &["baslangictarihi", "ilktarih", "startdate"]),
    (Label::End, &["bitistarihi", "sontarih", "enddate"]),
    (
        Label::Opening,
        &[
            "acilisbakiyesi",
            "devredenbakiye",
            "devirbakiyesi",
            "donembasibakiyesi",
            "baslangicbakiyesi",
            "openingbalance",
            "oncekibakiye",
        ],
    ),
    (
        Label::Closing,
        &[
            "kapanisbakiyesi",
            "donemsonubakiyesi",
            "bitisbakiyesi",
            "closingbalance",
            "ekstrekapanisbakiyesi",
        ],
    ),
    (
        Label::Balance,
        &[
            "bakiye",
            "kullanilabilirbakiye",
            "guncelbakiye",
            "hesapbakiyesi",
            "balance",
            "bloketutar",
        ],
    ),
];

/// Banks by a word of their own names, folded.
const BANKS: &[(&str, &str)] = &[
    ("akbank", "Akbank"),
    ("ziraatkatilim", "Ziraat Katılım"),
    ("ziraatbank", "Ziraat Bankası"),
    ("isbankasi", "Türkiye İş Bankası"),
    ("garantibbva", "Garanti BBVA"),
    ("garantibankasi", "Garanti BBVA"),
    ("yapikredi", "Yapı Kredi"),
    ("yapivekredi", "Yapı Kredi"),
    ("enpara", "Enpara"),
    ("qnb", "QNB"),
    ("vakifkatilim", "Vakıf Katılım"),
    ("vakifbank", "VakıfBank"),
    ("vakiflarbankasi", "VakıfBank"),
    ("halkbank", "Halkbank"),
    ("denizbank", "DenizBank"),
    ("turkekonomibankasi", "TEB"),
    ("kuveytturk", "Kuveyt Türk"),
    ("albaraka", "Albaraka Türk"),
    ("turkiyefinans", "Türkiye Finans"),
    ("sekerbank", "Şekerbank"),
    ("fibabanka", "Fibabanka"),
    ("odeabank", "Odeabank"),
    ("anadolubank", "Anadolubank"),
    ("ingbank", "ING"),
    ("hsbc", "HSBC"),
];

/// Reads the rows above the heading.
pub(super) fn read(rows: &[Row]) -> Meta {
    let mut meta = Meta::default();
    for row in rows {
        let filled: Vec<&Cell> = row.cells.iter().filter(|cell| !cell.is_empty()).collect();
        for (at, cell) in filled.iter().enumerate() {
            let Cell::Text(text) = cell else { continue };
            meta.iban = meta.iban.take().or_else(|| iban(text));
            meta.bank = meta.bank.take().or_else(|| bank(text));
            let (label, value) = match text.split_once(':') {
                Some((label, value)) => (label, value.trim()),
                None => (text.as_str(), ""),
            };
            let folded = compact(label);
            let known = LABELS
                .iter()
                .find(|(_, words)| words.iter().any(|word| folded == *word))
                .or_else(|| {
                    // A row of a card says so in words around the label.
                    LABELS.iter().find(|(label, words)| {
                        *label == Label::Card && words.iter().any(|word| folded.starts_with(word))
                    })
                });
            let Some((label, _)) = known else { continue };
            let own = Cell::text(value);
            let next = filled.get(at + 1).copied();
            let value = if own.is_empty() { next.unwrap_or(&Cell::Empty) } else { &own };
            meta.take(*label, value, filled.get(at + 1..).unwrap_or_default());
        }
    }
    meta
}

impl Meta {
    fn take(&mut self, label: Label, value: &Cell, behind: &[&Cell]) {
        let shown = value.shown();
        let words = || Some(shown.trim().to_owned()).filter(|text| !text.is_empty());
        match label {
            Label::Card => self.is_card = true,
            Label::Account => {
                self.currency = self.currency.or_else(|| currency(&shown));
                self.account_number = self.account_number.take().or_else(words);
            }
            Label::Balance => self.currency = self.currency.or_else(|| currency(&shown)),
            Label::Holder => {
                let name = words().filter(|name| name.chars().any(char::is_alphabetic));
                self.holder = self.holder.take().or(name);
            }
            Label::Currency => self.currency = self.currency.or_else(|| currency(&shown)),
            Label::Start => self.start = self.start.or_else(|| day(value)),
            Label::End => self.end = self.end.or_else(|| day(value)),
            Label::Opening => {
                self.currency = self.currency.or_else(|| currency(&shown));
                self.opening = self.opening.or_else(|| money(value));
            }
            Label::Closing => {
                self.currency = self.currency.or_else(|| currency(&shown));
                self.closing = self.closing.or_else(|| money(value));
            }
            Label::Period => {
                let days: Vec<NaiveDate> =
                    std::iter::once(value).chain(behind.iter().copied()).flat_map(days).collect();
                if let [start, .., end] = days.as_slice()
                    && start <= end
                    && self.start.is_none()
                {
                    (self.start, self.end) = (Some(*start), Some(*end));
                }
            }
        }
    }
}

/// All dates within a cell.
fn days(cell: &Cell) -> Vec<NaiveDate> {
    match cell {
        Cell::Text(text) => text
            .split(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '/' | '-')))
            .flat_map(|word| {
                // `01.08.2026-31.08.2026` without blanks.
                let parts: Vec<&str> = word.split('-').collect();
                if parts.len() == 2 { parts } else { vec![word] }
            })
            .filter_map(|word| day(&Cell::text(word)))
            .collect(),
        other => day(other).into_iter().collect(),
    }
}

fn day(cell: &Cell) -> Option<NaiveDate> {
    Order::DayFirst.read(cell, false).map(|(day, _)| day)
}

/// The amount of a head cell, whose decimals nothing beside it explains: only what is clear.
fn money(cell: &Cell) -> Option<Decimal> {
    match cell {
        Cell::Number(number) => Some(domain::round_to_kurus(*number)),
        Cell::Text(text) => {
            let mut votes = Votes::default();
            votes.add(text);
            read_amount(text, votes.decided().unwrap_or(Decimals::Comma))
        }
        _ => None,
    }
}

/// A currency by code, by the word for lira, or within the name of an account (`TL Vadesiz`).
pub(super) fn currency(text: &str) -> Option<Currency> {
    text.split(|c: char| !c.is_alphanumeric() && c != '₺').find_map(|word| match word {
        "TL" | "TRL" | "TRY" | "₺" | "YTL" => Some(Currency::TRY),
        "USD" | "EUR" | "GBP" | "CHF" | "JPY" | "SEK" | "NOK" | "DKK" | "CAD" | "AUD" | "SAR"
        | "AED" | "RUB" | "PLN" | "HUF" | "CZK" | "RON" | "BGN" | "CNY" => word.parse().ok(),
        _ => None,
    })
}

/// The IBAN within a text; the check digits decide.
pub(super) fn iban(text: &str) -> Option<String> {
    const LONGEST: usize = 34;
    for (at, pair) in text.as_bytes().windows(2).enumerate() {
        let [a, b] = pair else { continue };
        let begins = a.is_ascii_uppercase()
            && b.is_ascii_uppercase()
            && at
                .checked_sub(1)
                .and_then(|before| text.as_bytes().get(before))
                .is_none_or(|c| !c.is_ascii_alphanumeric());
        if !begins {
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        // A Turkish one has 26 places; others end where their letters and digits end.
        let compacted: String = rest
            .chars()
            .take(2 * LONGEST)
            .filter(|c| !c.is_whitespace())
            .take_while(char::is_ascii_alphanumeric)
            .take(if rest.starts_with("TR") { 26 } else { LONGEST })
            .collect();
        if compacted.len() >= 15
            && let Ok(iban) = compacted.parse::<Iban>()
        {
            return Some(iban.as_str().to_owned());
        }
    }
    None
}

/// The bank that a text names.
pub(super) fn bank(text: &str) -> Option<String> {
    if text.len() > 120 {
        return None;
    }
    let folded = compact(text);
    BANKS.iter().find(|(word, _)| folded.contains(word)).map(|(_, name)| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_heads() {
        let row =
            |cells: &[&str]| Row { cells: cells.iter().map(|cell| Cell::text(cell)).collect() };
        let meta = read(&[
            row(&["Müşteri Adı:", "", "ÇAĞRI İNŞAAT LTD. ŞTİ."]),
            row(&["IBAN: TR36 0004 6000 0000 1234 5678 90"]),
            row(&["Hesap No", "0046-1234567"]),
            row(&["Tarih Aralığı:", "01.08.2026 - 31.08.2026"]),
            row(&["Açılış Bakiyesi", "1.000,00 TL"]),
            row(&["Hesap Türü", "Vadesiz TL"]),
            row(&["Akbank T.A.Ş."]),
        ]);
        assert_eq!(meta.holder.as_deref(), Some("ÇAĞRI İNŞAAT LTD. ŞTİ."));
        assert_eq!(meta.iban.as_deref(), Some("TR360004600000001234567890"));
        assert_eq!(meta.account_number.as_deref(), Some("0046-1234567"));
        assert_eq!(meta.start, NaiveDate::from_ymd_opt(2026, 8, 1));
        assert_eq!(meta.end, NaiveDate::from_ymd_opt(2026, 8, 31));
        assert_eq!(meta.opening, Some(Decimal::new(100_000, 2)));
        assert_eq!(meta.currency, Some(Currency::TRY));
        assert_eq!(meta.bank.as_deref(), Some("Akbank"));
        assert!(!meta.is_card);
        assert!(read(&[row(&["Kart Türü / No:", "Axess"])]).is_card);
    }
}
