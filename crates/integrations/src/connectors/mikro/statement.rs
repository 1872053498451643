//! The statements, all of them. Each is a constant with places for typed values: an instant, a count,
//! ids that were parsed as such. No text of a user or of the server goes into one.

use std::fmt::Write;

use chrono::{NaiveDate, NaiveDateTime};

/// A statement with its values in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement(String);

/// A row's id: hex digits in the groups of a GUID, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct RowId(String);

impl RowId {
    /// Before every other.
    pub(super) fn lowest() -> Self {
        Self("00000000-0000-0000-0000-000000000000".to_owned())
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        crate::values::ettn(text).map(Self)
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Movements of customers' accounts that are invoices: 63 sales, 0 purchases; rows of a closed
/// (paid at once) invoice carry the customer in `cha_ciro_cari_kodu`. Amounts as exact text: the
/// columns are floats of the server's making.
const INVOICES: &str = "\
SELECT TOP ({count}) CONVERT(varchar(36), h.cha_Guid) AS id, h.cha_evrak_tip AS document_kind, \
h.cha_normal_Iade AS is_return, h.cha_iptal AS is_cancelled, h.cha_evrakno_seri AS series, \
h.cha_evrakno_sira AS number, h.cha_belge_no AS document_number, \
CONVERT(varchar(10), h.cha_tarihi, 23) AS issue_date, \
CONVERT(varchar(23), h.cha_lastup_date, 126) AS changed_at, \
CONVERT(varchar(40), CAST(h.cha_meblag AS decimal(19, 2))) AS total, \
CONVERT(varchar(40), CAST(h.cha_vergi1 + h.cha_vergi2 + h.cha_vergi3 + h.cha_vergi4 + h.cha_vergi5 \
+ h.cha_vergi6 + h.cha_vergi7 + h.cha_vergi8 + h.cha_vergi9 + h.cha_vergi10 AS decimal(19, 2))) AS tax, \
h.cha_d_cins AS currency, c.cari_kod AS party_code, c.cari_unvan1 AS party_name, \
c.cari_vdaire_no AS party_tax_number, \
(SELECT COUNT(*) FROM CARI_HESAP_HAREKETLERI o WHERE o.cha_evrak_tip = h.cha_evrak_tip \
AND o.cha_evrakno_seri = h.cha_evrakno_seri AND o.cha_evrakno_sira = h.cha_evrakno_sira) AS row_count \
FROM CARI_HESAP_HAREKETLERI h LEFT JOIN CARI_HESAPLAR c ON c.cari_kod = \
CASE WHEN h.cha_cari_cins = 0 THEN h.cha_kod ELSE h.cha_ciro_cari_kodu END \
WHERE h.cha_evrak_tip IN (0, 63) AND (h.cha_tarihi >= {since} OR h.cha_create_date >= {began}) \
AND (h.cha_lastup_date > {after} OR (h.cha_lastup_date = {after} AND h.cha_Guid > {id})) \
ORDER BY h.cha_lastup_date, h.cha_Guid";

/// Stock movements of these invoices. The rate is the server's own for the line's tax code.
const LINES: &str = "\
SELECT CONVERT(varchar(36), l.sth_fat_uid) AS invoice_id, l.sth_satirno AS position, \
s.sto_isim AS description, CONVERT(varchar(40), CAST(l.sth_miktar AS decimal(19, 4))) AS quantity, \
CONVERT(varchar(40), CAST(l.sth_tutar AS decimal(19, 4))) AS gross, \
CONVERT(varchar(40), CAST(l.sth_iskonto1 + l.sth_iskonto2 + l.sth_iskonto3 + l.sth_iskonto4 \
+ l.sth_iskonto5 + l.sth_iskonto6 AS decimal(19, 4))) AS discount, \
CONVERT(varchar(40), CAST(l.sth_vergi AS decimal(19, 2))) AS tax, \
CONVERT(varchar(40), CAST(dbo.fn_VergiYuzde(l.sth_vergi_pntr) AS decimal(9, 4))) AS tax_percent \
FROM STOK_HAREKETLERI l LEFT JOIN STOKLAR s ON s.sto_kod = l.sth_stok_kod \
WHERE l.sth_fat_uid IN ({ids}) ORDER BY l.sth_fat_uid, l.sth_satirno";

const COUNT: &str = "\
SELECT COUNT(*) AS invoice_count FROM CARI_HESAP_HAREKETLERI WHERE cha_evrak_tip IN (0, 63)";

impl Statement {
    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// Invoices behind a position, in the order of their last change: of a day from the first wanted one
    /// on, or entered since an instant.
    pub(super) fn invoices(
        count: usize,
        (since, began): (NaiveDate, NaiveDateTime),
        after: NaiveDateTime,
        id: &RowId,
    ) -> Self {
        let time = |at: NaiveDateTime| at.format("'%Y-%m-%dT%H:%M:%S%.3f'").to_string();
        Self(
            INVOICES
                .replace("{count}", &count.to_string())
                .replace("{since}", &since.format("'%Y-%m-%dT00:00:00'").to_string())
                .replace("{began}", &time(began))
                .replace("{after}", &time(after))
                .replace("{id}", &format!("'{}'", id.as_str())),
        )
    }

    /// The lines of these invoices.
    pub(super) fn lines<'a>(invoices: impl IntoIterator<Item = &'a RowId>) -> Self {
        let mut ids = String::new();
        for id in invoices {
            let comma = if ids.is_empty() { "" } else { ", " };
            // Writing to a string does not fail.
            write!(ids, "{comma}'{}'", id.as_str()).ok();
        }
        Self(LINES.replace("{ids}", &ids))
    }

    /// How many invoices there are.
    pub(super) fn count_invoices() -> Self {
        Self(COUNT.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_statement_holds_its_values_and_no_place() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day");
        let after = day.and_hms_milli_opt(10, 20, 30, 457).expect("a time");
        let statement = Statement::invoices(100, (day, after), after, &RowId::lowest());
        assert!(!statement.text().contains('{'), "{}", statement.text());
        for part in ["TOP (100)", "'2026-03-01T00:00:00'", "'2026-03-01T10:20:30.457'"] {
            assert!(statement.text().contains(part), "{part}: {}", statement.text());
        }
    }

    proptest! {
        #[test]
        fn no_text_but_an_id_gets_in(text in ".{0,60}") {
            if let Some(id) = RowId::parse(&text) {
                prop_assert!(id.as_str().bytes().all(|b| b.is_ascii_hexdigit() || b == b'-'));
                prop_assert_eq!(id.as_str().len(), 36);
            }
        }
    }
}
