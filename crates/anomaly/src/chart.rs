//! The Tekdüzen Hesap Planı as far as the detectors need it: what accounts are, what an entry is.
//!
//! Source: 1 Sıra No'lu Muhasebe Sistemi Uygulama Genel Tebliği (RG 26.12.1992, 21447 mükerrer).
//! Classes: 1 current assets, 2 fixed assets, 3 short-term and 4 long-term liabilities, 5 equity,
//! 6 income statement, 7 cost accounts, 8 free, 9 memorandum.

use crate::{amount::Kurus, ledger::Line};

/// What kind of business an entry records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Revenue credited against customers or money.
    Sale,
    /// 610–612 debited against customers or money.
    SaleReturn,
    /// Cost, stock or assets debited against suppliers.
    Purchase,
    /// Cost, stock or assets credited against suppliers.
    PurchaseReturn,
    /// Money in from customers.
    Collection,
    /// Money out, whatever for.
    Payment,
    /// Money in that is no collection.
    Receipt,
    /// Between accounts of money.
    Transfer,
    /// Monthly and yearly closing, depreciation, accruals of taxes and wages.
    Closing,
    /// Anything else.
    Other,
}

impl Shape {
    /// Whether a document of a counterparty stands behind it.
    pub(crate) const fn is_document(self) -> bool {
        matches!(self, Self::Sale | Self::SaleReturn | Self::Purchase | Self::PurchaseReturn)
    }
}

/// Money: 100 cash, 101 and 103 cheques, 102 banks, 108 other.
pub(crate) const fn is_liquid(main: u16) -> bool {
    matches!(main, 100..=103 | 108)
}

/// Suppliers: 320–329 and their long-term twins.
pub(crate) const fn is_supplier(main: u16) -> bool {
    matches!(main, 320..=329 | 420..=429)
}

/// Customers: 120–129 and their long-term twins.
pub(crate) const fn is_customer(main: u16) -> bool {
    matches!(main, 120..=129 | 220..=229)
}

/// Gross sales 600–602.
pub(crate) const fn is_revenue(main: u16) -> bool {
    matches!(main, 600..=602)
}

/// Reflection accounts of class 7/A, by which costs are closed.
pub(crate) const fn is_reflection(main: u16) -> bool {
    matches!(main, 711 | 721 | 731 | 741 | 751 | 761 | 771 | 781)
}

/// Cost accounts of class 7, without reflections.
pub(crate) const fn is_cost(main: u16) -> bool {
    matches!(main, 700..=799) && !is_reflection(main)
}

/// What something is bought for: stock, tangible and intangible assets, costs.
pub(crate) const fn is_spend(main: u16) -> bool {
    is_cost(main) || matches!(main, 150..=158 | 250..=256 | 258 | 260..=267)
}

/// Taxes, wages, social security, accrued depreciation, periodic profit: accounts that every company
/// uses by the calendar, and for the first time on some day.
pub(crate) const fn is_statutory(main: u16) -> bool {
    matches!(
        main,
        180 | 181
            | 190..=199
            | 257
            | 268
            | 280
            | 281
            | 335
            | 360..=369
            | 370..=373
            | 380
            | 381
            | 391..=393
            | 472
            | 500..=599
            | 690..=692
    ) || is_reflection(main)
}

struct Sides<'a> {
    lines: &'a [Line],
    mains: &'a [u16],
}

impl Sides<'_> {
    fn debits(&self, test: fn(u16) -> bool) -> bool {
        self.any(|line| line.debit, test)
    }

    fn credits(&self, test: fn(u16) -> bool) -> bool {
        self.any(|line| line.credit, test)
    }

    fn any(&self, side: fn(&Line) -> Kurus, test: fn(u16) -> bool) -> bool {
        self.lines.iter().any(|line| {
            side(line) > Kurus::ZERO
                && test(self.mains.get(line.account.0 as usize).copied().unwrap_or(0))
        })
    }
}

/// What an entry is, by the accounts on its two sides.
pub(crate) fn shape(lines: &[Line], mains: &[u16]) -> Shape {
    let s = Sides { lines, mains };
    let is_closing = |main| matches!(main, 690..=692) || is_reflection(main);
    if s.debits(is_closing) || s.credits(is_closing) {
        return Shape::Closing;
    }
    if s.credits(|main| matches!(main, 257 | 268 | 299)) && !s.debits(is_liquid) {
        return Shape::Closing;
    }
    if s.debits(|main| matches!(main, 610..=612)) {
        return Shape::SaleReturn;
    }
    let pays = s.credits(is_liquid);
    let receives = s.debits(is_liquid);
    if pays && receives {
        return Shape::Transfer;
    }
    if s.credits(is_revenue) && (s.debits(is_customer) || receives) {
        return Shape::Sale;
    }
    if s.debits(is_spend) && s.credits(is_supplier) {
        return Shape::Purchase;
    }
    if s.credits(is_spend) && s.debits(is_supplier) {
        return Shape::PurchaseReturn;
    }
    // The monthly set-off of KDV, wage and tax accruals.
    let only_statutory = |main: u16| is_statutory(main) || is_cost(main);
    if !pays
        && !receives
        && (s.credits(is_statutory) || s.debits(is_statutory))
        && lines
            .iter()
            .all(|line| only_statutory(mains.get(line.account.0 as usize).copied().unwrap_or(0)))
    {
        return Shape::Closing;
    }
    if receives && s.credits(is_customer) {
        return Shape::Collection;
    }
    if pays {
        return Shape::Payment;
    }
    if receives {
        return Shape::Receipt;
    }
    Shape::Other
}
