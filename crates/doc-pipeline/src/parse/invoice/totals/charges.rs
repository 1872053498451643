//! What stands between net, KDV and total and is neither tax nor discount: shipping, freight, a late
//! fee, what is carried over from the last period.

use rust_decimal::Decimal;

use super::super::{
    super::{
        fold::compact,
        view::{View, join},
    },
    lines::Table,
};

/// Whole cells that name such an amount, compact.
const CHARGES: [&str; 36] = [
    "kargo",
    "kargobedeli",
    "kargoucreti",
    "kargotutari",
    "nakliye",
    "nakliyebedeli",
    "nakliyeucreti",
    "navlun",
    "navlunbedeli",
    "navlunfreight",
    "sigorta",
    "sigortabedeli",
    "teslimatucreti",
    "gecikmebedeli",
    "gecikmezammi",
    "gecikmefaizi",
    "gecikmetutari",
    "oncekidonemdendevir",
    "oncekidonemborcu",
    "devredenborc",
    "gecmisdonemborcu",
    "yuvarlama",
    "yuvarlamafarki",
    "shipping",
    "shippinghandling",
    "shippingandhandling",
    "shippingcost",
    "shippingcharges",
    "freight",
    "delivery",
    "deliverycharge",
    "handling",
    "postage",
    "rounding",
    "servicecharge",
    "insurance",
];

/// Charges are few; hostile documents repeat a word without end.
const MOST: usize = 8;

/// The charges outside the table of lines, each beside its words.
pub(super) fn read(view: &View, table: &Table) -> Vec<Decimal> {
    let mut found = Vec::new();
    for (index, row) in view.rows.iter().enumerate() {
        if table.holds(index) || table.start.is_some_and(|start| index < start) {
            continue;
        }
        let mut at = 0;
        for cell in row.tokens.chunk_by(|a, b| a.cell == b.cell) {
            let end = at + cell.len();
            // The amount may have been read into the same cell.
            let words: Vec<_> = cell
                .iter()
                .take_while(|token| !token.text.contains(|c: char| c.is_ascii_digit()))
                .cloned()
                .collect();
            let named = CHARGES.contains(&compact(&join(&words)).as_str());
            if named
                && let Some((amount, _)) = (at + words.len()..row.tokens.len())
                    .take(3)
                    .find_map(|token| view.amount_at(index, token))
                    .filter(|(amount, _)| amount.money_like && !amount.value.is_zero())
            {
                found.push(amount.value);
                if found.len() == MOST {
                    return found;
                }
            }
            at = end;
        }
    }
    found
}

/// What the charges may add to the total: all of them, or one where the others are in the net already.
pub(in super::super) fn additions(charges: &[Decimal]) -> impl Iterator<Item = Decimal> {
    let all = charges.iter().try_fold(Decimal::ZERO, |sum, own| sum.checked_add(*own));
    all.into_iter().chain(charges.iter().copied()).filter(|own| !own.is_zero())
}
