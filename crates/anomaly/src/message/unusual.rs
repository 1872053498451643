//! The sentence of an entry in the ranking of unusual entries.

use super::words::{day, lira, per_cent};
use crate::report::{Feature, UnusualEntry};

/// Features that are named; the others hardly matter.
const NAMED: usize = 3;

pub(super) fn sentence(entry: &UnusualEntry) -> String {
    let parts: Vec<String> = entry
        .contributions
        .iter()
        .filter(|one| one.part > 0.0)
        .take(NAMED)
        .map(|one| format!("{} ({})", feature(one.feature), per_cent(one.part / entry.score)))
        .collect();
    let number =
        entry.reference.as_deref().map(|number| format!("{number} numaralı ")).unwrap_or_default();
    let why = if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) };
    format!(
        "{} tarihli, {number}{} tutarındaki kayıt firmanın öteki kayıtlarına benzemiyor{why}.",
        day(entry.date),
        lira(entry.amount),
    )
}

const fn feature(feature: Feature) -> &'static str {
    match feature {
        Feature::NamedFinding => "bir bulguya konu",
        Feature::Amount => "tutarı hesaplarının alışılmış tutarından uzak",
        Feature::AmountForParty => "tutarı carinin alışılmış tutarından uzak",
        Feature::AccountPattern => "hesapları seyrek bir arada çalışır",
        Feature::RareAccount => "hesaplarından biri seyrek çalışır",
        Feature::RareParty => "cari yeni ya da seyrek",
        Feature::PartyWithAccounts => "cari bu hesaplarla seyrek çalışır",
        Feature::Roundness => "tutarı yuvarlak",
        Feature::QuietDay => "firmanın pek çalışmadığı bir gün",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{amount::Kurus, report::Contribution};

    #[test]
    fn the_sentence_names_the_entry_and_its_gravest_features() {
        let part = |feature, part| Contribution { feature, part };
        let mut entry = UnusualEntry {
            entry: "e1".to_owned(),
            date: "2025-08-03".parse().unwrap(),
            reference: Some("Y-12".to_owned()),
            amount: Kurus(1_234_550),
            score: 10.0,
            contributions: vec![
                part(Feature::RareAccount, 6.0),
                part(Feature::Roundness, 2.5),
                part(Feature::QuietDay, 1.0),
                part(Feature::Amount, 0.5),
            ],
        };
        assert_eq!(
            sentence(&entry),
            "03.08.2025 tarihli, Y-12 numaralı 12.345,50 TL tutarındaki kayıt firmanın öteki \
             kayıtlarına benzemiyor: hesaplarından biri seyrek çalışır (%60), tutarı yuvarlak \
             (%25), firmanın pek çalışmadığı bir gün (%10)."
        );
        entry.contributions.clear();
        entry.reference = None;
        assert_eq!(
            sentence(&entry),
            "03.08.2025 tarihli, 12.345,50 TL tutarındaki kayıt firmanın öteki kayıtlarına \
             benzemiyor."
        );
    }
}
