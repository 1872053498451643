//! The row that heads the movements, and what each of its columns holds.

use std::{collections::HashMap, sync::LazyLock};

use super::{Cell, Row};
use crate::parse::fold::compact;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Column {
    Date,
    Time,
    ValueDate,
    Description,
    /// A word for the kind of movement; the description where there is no better one.
    Kind,
    Reference,
    Amount,
    Debit,
    Credit,
    Direction,
    Balance,
    Currency,
    Account,
    Counterparty,
    CounterpartyAccount,
    /// Known, not used.
    Ignored,
}

/// Heads of columns, by the letters and digits they fold to. Of banks' own exports and of programs that
/// make tables of statements (Turkish, English, German).
const WORDS: &[(Column, &[&str])] = &[
    (
        Column::Date,
        &[
            "Tarih",
            "İşlem Tarihi",
            "Hareket Tarihi",
            "Muhasebe Tarihi",
            "Tarihi",
            "İşlem Tarih",
            "Tarih/Saat",
            "Tarih Saat",
            "Tarih - Saat",
            "Kayıt Tarihi",
            "Date",
            "Booking Date",
            "Transaction Date",
            "Posting Date",
            "Posted Date",
            "Buchungstag",
            "Buchungsdatum",
            "Buchung",
            "Datum",
            "Booked",
            "Completed Date",
            "Date Completed",
            "İşlem Zamanı",
            "Entry Date",
        ],
    ),
    (Column::Time, &["Saat", "İşlem Saati", "Saati", "Time", "Uhrzeit"]),
    (
        Column::ValueDate,
        &["Valör", "Valör Tarihi", "Value Date", "Valuta", "Wertstellung", "Valutadatum"],
    ),
    (
        Column::Description,
        &[
            "Açıklama",
            "Açıklamalar",
            "İşlem Açıklaması",
            "Hareket Açıklaması",
            "Description",
            "Details",
            "Narrative",
            "Particulars",
            "Verwendungszweck",
            "Buchungstext",
            "Memo",
            "Transaction Details",
            "Remittance Information",
            "Detay",
            "İşlem Detayı",
            "Text",
        ],
    ),
    (
        Column::Kind,
        &[
            "İşlem",
            "İşlem Tipi",
            "İşlem Türü",
            "Hareket Tipi",
            "Hareket Türü",
            "İşlem Adı",
            "Transaction Type",
            "Type",
            "Umsatzart",
            "Etiket",
            "Transaction",
        ],
    ),
    (
        Column::Reference,
        &[
            "Dekont No",
            "Dekont",
            "Fiş No",
            "Fiş/Dekont No",
            "Fiş Dekont No",
            "Referans",
            "Referans No",
            "İşlem No",
            "İşlem Referansı",
            "Dekont Numarası",
            "Ref No",
            "Ref",
            "Reference",
            "Belge No",
            "Fiş",
            "İşlem Referans No",
            "Referans Numarası",
            "Transaction Id",
            "Referenz",
            "Sorgu No",
            "İşlem Numarası",
            "Fiş/Dekont",
            "Hareket No",
            "Reference Number",
            "Reference No",
            "Transaction Reference",
        ],
    ),
    (
        Column::Amount,
        &[
            "Tutar",
            "İşlem Tutarı",
            "Hareket Tutarı",
            "Amount",
            "Betrag",
            "Umsatz",
            "Miktar",
            "Tutarı",
            "Borç/Alacak Tutarı",
            "Transaction Amount",
            "İşlem Miktarı",
        ],
    ),
    (
        Column::Debit,
        &[
            "Borç",
            "Borç Tutarı",
            "Çıkan",
            "Çıkış",
            "Çekilen",
            "Giden",
            "Gider",
            "Ödenen",
            "Debit",
            "Debits",
            "Debit Amount",
            "Withdrawal",
            "Withdrawals",
            "Paid Out",
            "Soll",
            "Money Out",
            "Çıkan Tutar",
            "Giden Tutar",
            "Borç (-)",
            "Çıkış Tutarı",
            "Ödeme Tutarı",
            "Gider Tutarı",
            "Debit (-)",
        ],
    ),
    (
        Column::Credit,
        &[
            "Alacak",
            "Alacak Tutarı",
            "Giren",
            "Giriş",
            "Yatan",
            "Yatırılan",
            "Gelen",
            "Gelir",
            "Credit",
            "Credits",
            "Credit Amount",
            "Deposit",
            "Deposits",
            "Paid In",
            "Haben",
            "Money In",
            "Giren Tutar",
            "Gelen Tutar",
            "Alacak (+)",
            "Giriş Tutarı",
            "Tahsilat Tutarı",
            "Gelir Tutarı",
            "Credit (+)",
        ],
    ),
    (
        Column::Direction,
        &[
            "B/A",
            "Borç/Alacak",
            "Borç / Alacak",
            "BA",
            "D/C",
            "DC",
            "A/B",
            "Yön",
            "Tür",
            "Soll/Haben",
            "Credit/Debit",
            "Debit/Credit",
            "CdtDbtInd",
        ],
    ),
    (
        Column::Balance,
        &[
            "Bakiye",
            "İşlem Sonrası Bakiye",
            "Kalan Bakiye",
            "Güncel Bakiye",
            "Bakiyesi",
            "Son Bakiye",
            "İşlem Bakiyesi",
            "Hesap Bakiyesi",
            "Balance",
            "Running Balance",
            "Saldo",
            "Kontostand",
        ],
    ),
    (
        Column::Currency,
        &[
            "Para Birimi",
            "Döviz",
            "Döviz Cinsi",
            "Döviz Kodu",
            "Currency",
            "CCY",
            "Währung",
            "Birim",
        ],
    ),
    (
        Column::Account,
        &["IBAN", "Hesap IBAN", "Hesap No", "Hesap Numarası", "Account", "Account Number", "Konto"],
    ),
    (
        Column::Counterparty,
        &[
            "Karşı Taraf",
            "Alıcı/Gönderen",
            "Gönderen/Alıcı",
            "Karşı Hesap Adı",
            "Counterparty",
            "Payee",
            "Alıcı/Gönderici",
            "Karşı Taraf Adı",
            "Karşı Taraf Unvanı",
            "Auftraggeber/Empfänger",
        ],
    ),
    (
        Column::CounterpartyAccount,
        &[
            "Karşı Hesap",
            "Karşı IBAN",
            "Karşı Hesap IBAN",
            "Karşı Taraf IBAN",
            "Karşı Hesap No",
            "Counterparty IBAN",
        ],
    ),
    (
        Column::Ignored,
        &[
            "Kanal",
            "Şube",
            "Kanal/Şube",
            "Şube Kodu",
            "Kullanıcı",
            "Bonus",
            "Chip Para / Mil",
            "Chip Para",
            "Mil",
            "Sıra",
            "Sıra No",
            "No",
            "Status",
            "Durum",
        ],
    ),
];

static HEADS: LazyLock<HashMap<String, Column>> = LazyLock::new(|| {
    WORDS
        .iter()
        .flat_map(|(column, words)| words.iter().map(|word| (compact(word), *column)))
        .collect()
});

/// The columns of a heading; a kind of column counts once, the first that is there.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns {
    places: HashMap<Column, usize>,
}

impl Columns {
    /// Where a kind of column stands.
    pub(super) fn place(&self, column: Column) -> Option<usize> {
        self.places.get(&column).copied()
    }

    /// The cell of a kind of column.
    pub(super) fn cell<'r>(&self, row: &'r Row, column: Column) -> &'r Cell {
        static EMPTY: Cell = Cell::Empty;
        self.place(column).map_or(&EMPTY, |place| row.cell(place))
    }

    fn is_of_movements(&self) -> bool {
        let has = |column| self.places.contains_key(&column);
        let amounts = has(Column::Amount) || (has(Column::Debit) && has(Column::Credit));
        has(Column::Date)
            && amounts
            && (has(Column::Description) || has(Column::Balance) || has(Column::Kind))
    }
}

/// What a row heads, if it is a heading of movements.
pub(super) fn columns(row: &Row) -> Option<Columns> {
    let mut columns = Columns::default();
    for (place, cell) in row.cells.iter().enumerate() {
        let Cell::Text(text) = cell else { continue };
        if text.len() > 60 {
            continue;
        }
        let Some(column) = column(text) else { continue };
        columns.places.entry(column).or_insert(place);
    }
    // Where the date is only called a value date, it is the date.
    if !columns.places.contains_key(&Column::Date)
        && let Some(place) = columns.places.remove(&Column::ValueDate)
    {
        columns.places.insert(Column::Date, place);
    }
    columns.is_of_movements().then_some(columns)
}

/// The column of a head; what stands in brackets behind it (`Tutar (TL)`) is a currency or an
/// explanation.
fn column(text: &str) -> Option<Column> {
    HEADS
        .get(&compact(text))
        .copied()
        .or_else(|| {
            let (head, _) = text.split_once(['(', '['])?;
            HEADS.get(&compact(head)).copied()
        })
        .or_else(|| {
            let folded = compact(text);
            let head = folded.strip_suffix("tl").or_else(|| folded.strip_suffix("try"))?;
            HEADS.get(head).copied()
        })
}

/// The first heading among the rows.
pub(super) fn find(rows: &[Row]) -> Option<(usize, Columns)> {
    rows.iter().enumerate().find_map(|(at, row)| Some((at, columns(row)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_headings_by_their_words() {
        let row =
            |heads: &[&str]| Row { cells: heads.iter().map(|head| Cell::text(head)).collect() };
        let of = |heads: &[&str]| columns(&row(heads)).is_some();
        assert!(of(&["Tarih", "Saat", "Tutar", "Bakiye", "Açıklama", "Fiş/Dekont No"]));
        assert!(of(&["TARİH", "AÇIKLAMA", "BORÇ", "ALACAK", "BAKİYE"]));
        assert!(of(&["Tarih", "İşlem", "Etiket", "Bonus", "Tutar(TL)"]));
        assert!(of(&["Buchungstag", "Verwendungszweck", "Betrag", "CCY"]));
        assert!(!of(&["Tarih", "Tutar"]));
        assert!(!of(&["Hesap No", "12345", "Tutar"]));
        let columns = columns(&row(&["Valör", "Açıklama", "Tutar"])).unwrap();
        assert_eq!(columns.place(Column::Date), Some(0));
    }
}
