//! The trades of the companies that are made up, and how they differ.

/// What the companies of a trade have in common.
#[derive(Debug)]
pub(super) struct Trade {
    /// Bills of goods and sales a month at usual size.
    pub(super) goods: f64,
    pub(super) sales: f64,
    /// A usual bill in kuruş before inflation, and how wide bills scatter.
    pub(super) middle: f64,
    pub(super) sigma: f64,
    /// Peak month and height of the season.
    pub(super) season: (u32, f64),
    /// How much of the Saturdays is worked.
    pub(super) saturdays: f64,
    /// Share of sales for cash, one entry a day.
    pub(super) cash: f64,
    /// KDV rates as the sales have them: the lower ones are those of food and books.
    pub(super) low_rate: f64,
    /// Where goods are booked.
    pub(super) stock: &'static str,
    /// Its cost accounts.
    pub(super) costs: &'static [&'static str],
}

/// Eight trades.
pub(super) const TRADES: &[Trade] = &[
    Trade {
        goods: 45.0,
        sales: 20.0,
        middle: 250_000.0,
        sigma: 0.7,
        season: (12, 0.25),
        saturdays: 0.9,
        cash: 1.0,
        low_rate: 0.7,
        stock: "153",
        costs: &["760.01", "760.05", "770.03", "770.07", "770.11"],
    },
    Trade {
        goods: 30.0,
        sales: 55.0,
        middle: 1_500_000.0,
        sigma: 0.9,
        season: (10, 0.2),
        saturdays: 0.3,
        cash: 0.0,
        low_rate: 0.2,
        stock: "153",
        costs: &["760.02", "760.04", "770.02", "770.06", "770.12"],
    },
    Trade {
        goods: 3.0,
        sales: 18.0,
        middle: 2_000_000.0,
        sigma: 0.6,
        season: (1, 0.1),
        saturdays: 0.05,
        cash: 0.0,
        low_rate: 0.0,
        stock: "157",
        costs: &["740.03", "770.02", "770.05", "770.08", "760.03"],
    },
    Trade {
        goods: 25.0,
        sales: 8.0,
        middle: 3_000_000.0,
        sigma: 1.1,
        season: (7, 0.9),
        saturdays: 0.7,
        cash: 0.0,
        low_rate: 0.0,
        stock: "150",
        costs: &["740.01", "740.02", "740.05", "770.06", "770.09"],
    },
    Trade {
        goods: 28.0,
        sales: 40.0,
        middle: 400_000.0,
        sigma: 0.8,
        season: (8, 1.6),
        saturdays: 1.0,
        cash: 0.6,
        low_rate: 0.9,
        stock: "150",
        costs: &["740.01", "740.04", "760.01", "770.03", "770.10"],
    },
    Trade {
        goods: 35.0,
        sales: 30.0,
        middle: 1_200_000.0,
        sigma: 0.8,
        season: (5, 0.2),
        saturdays: 0.5,
        cash: 0.0,
        low_rate: 0.1,
        stock: "150",
        costs: &["730.01", "730.02", "730.06", "760.02", "770.04"],
    },
    Trade {
        goods: 8.0,
        sales: 35.0,
        middle: 600_000.0,
        sigma: 0.5,
        season: (9, 0.15),
        saturdays: 0.6,
        cash: 0.0,
        low_rate: 0.0,
        stock: "157",
        costs: &["740.06", "740.07", "770.04", "770.06", "770.13"],
    },
    Trade {
        goods: 15.0,
        sales: 60.0,
        middle: 180_000.0,
        sigma: 0.9,
        season: (2, 0.3),
        saturdays: 0.6,
        cash: 0.3,
        low_rate: 0.8,
        stock: "153",
        costs: &["740.02", "740.08", "770.01", "770.07", "770.09"],
    },
];
