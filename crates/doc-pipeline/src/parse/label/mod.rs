//! The closed list of labels, by what they announce.

mod amounts;
mod contract;
mod despatch;
mod invoice;
mod other;
mod receipt;
mod statement;

use std::{collections::HashMap, sync::LazyLock};

use super::fold;

/// What a label announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Label {
    InvoiceNumber,
    IssueDate,
    IssueTime,
    DueDate,
    Ettn,
    Profile,
    InvoiceType,
    /// The invoice that this one returns or corrects.
    Returned,
    TaxNumber,
    TaxOffice,
    Customer,
    Supplier,
    /// Total of the lines before document discounts (Mal Hizmet Toplam Tutarı).
    Lines,
    /// Net, without tax.
    Net,
    Discount,
    /// KDV; may carry a rate.
    Kdv,
    /// Taxable amount of KDV; may carry a rate.
    KdvBase,
    Withholding,
    /// Taxes and dues that a makbuz deducts: stopaj, mera fonu.
    Deduction,
    /// Taxes beside KDV that are added: özel iletişim vergisi, konaklama vergisi.
    Levy,
    TaxInclusive,
    Payable,
    /// What was paid already: an advance, a deposit.
    Paid,
    ExchangeRate,
    CurrencyOf,
    Iban,
    AccountNumber,
    Holder,
    Bank,
    Period,
    PeriodStart,
    PeriodEnd,
    Opening,
    Closing,
    /// Carried forward at a page break: ends a table's page.
    Carried,
    ReceiptNumber,
    Time,
    TotalKdv,
    Total,
    Payment,
    ContractNumber,
    ContractDate,
    StartDate,
    EndDate,
    ContractValue,
    /// Number and dates of a despatch note, and what carries it.
    DespatchNumber,
    DespatchIssued,
    DespatchDate,
    Carrier,
    Plate,
    Driver,
    /// A label that only bounds its neighbours' values.
    Other,
}

/// Labels with the words that announce them, compared without blanks, case and accents.
type Words = &'static [(Label, &'static [&'static str])];

const LABELS: [Words; 7] = [
    invoice::WORDS,
    amounts::WORDS,
    statement::WORDS,
    receipt::WORDS,
    contract::WORDS,
    despatch::WORDS,
    other::WORDS,
];

/// How long a compact label can be, letters.
pub(super) const LONGEST: usize = 42;

/// A label that may be misread, with its letters as bits.
#[derive(Debug, Clone)]
struct Misreadable {
    word: String,
    letters: u64,
    label: Label,
}

/// The labels of one kind of document, ready for look-up.
#[derive(Debug)]
pub(super) struct Lexicon {
    exact: HashMap<String, Label>,
    /// By length, for the fuzzy look-up of recognised text.
    by_length: Vec<Vec<Misreadable>>,
}

impl Lexicon {
    /// The labels of the given meanings; a word with two meanings takes the earlier in the list.
    fn of(wanted: &[Label]) -> Self {
        let mut exact = HashMap::new();
        let mut by_length = vec![Vec::new(); LONGEST + 3];
        for label in wanted {
            for (_, words) in LABELS.into_iter().flatten().filter(|(listed, _)| listed == label) {
                for word in *words {
                    let word = fold::compact(word);
                    if exact.contains_key(&word) {
                        continue;
                    }
                    exact.insert(word.clone(), *label);
                    if fold::allowance(word.len()) > 0
                        && let Some(bucket) = by_length.get_mut(word.len())
                    {
                        bucket.push(Misreadable {
                            letters: fold::letters(&word),
                            word,
                            label: *label,
                        });
                    }
                }
            }
        }
        Self { exact, by_length }
    }

    /// The label that a compact text is; a bounded number of misread letters is allowed where the
    /// text was recognised from pixels.
    pub(super) fn find(&self, compact: &str, recognised: bool) -> Option<Label> {
        if let Some(label) = self.exact.get(compact) {
            return Some(*label);
        }
        if !recognised || fold::allowance(compact.len()) == 0 {
            return None;
        }
        // `Hesaplanan KDV (%1)`: a rate is no misread letter of its label.
        if compact.ends_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let allowance = fold::allowance(compact.len());
        let letters = fold::letters(compact);
        let lengths = compact.len().saturating_sub(allowance)..=compact.len() + allowance;
        lengths
            .filter_map(|length| self.by_length.get(length))
            .flatten()
            .find(|known| {
                let most = fold::allowance(known.word.len()).min(allowance);
                // `Tevkifata` is a word with its ending, not a misread `tevkifat`.
                (known.letters ^ letters).count_ones() as usize <= 2 * most
                    && !compact.starts_with(known.word.as_str())
                    && fold::within(&known.word, compact, most)
            })
            .map(|known| known.label)
    }
}

/// Labels that an invoice may carry.
pub(super) static INVOICE: LazyLock<Lexicon> = LazyLock::new(|| {
    Lexicon::of(&[
        Label::InvoiceNumber,
        Label::IssueDate,
        Label::IssueTime,
        Label::DueDate,
        Label::Ettn,
        Label::Profile,
        Label::InvoiceType,
        Label::Returned,
        Label::TaxNumber,
        Label::TaxOffice,
        Label::Customer,
        Label::Supplier,
        Label::Lines,
        Label::Net,
        Label::Discount,
        Label::Deduction,
        Label::Levy,
        Label::Withholding,
        Label::TaxInclusive,
        Label::Kdv,
        Label::KdvBase,
        Label::Payable,
        Label::Paid,
        Label::ExchangeRate,
        Label::CurrencyOf,
        Label::Iban,
        Label::Carried,
        Label::Time,
        Label::Other,
        Label::Bank,
        Label::AccountNumber,
    ])
});

/// Labels that a bank statement may carry.
pub(super) static STATEMENT: LazyLock<Lexicon> = LazyLock::new(|| {
    Lexicon::of(&[
        Label::Iban,
        Label::Holder,
        Label::Customer,
        Label::AccountNumber,
        Label::Bank,
        Label::Period,
        Label::PeriodStart,
        Label::PeriodEnd,
        Label::Opening,
        Label::Closing,
        Label::Carried,
        Label::CurrencyOf,
        Label::TaxNumber,
        Label::TaxOffice,
        Label::Other,
    ])
});

/// Labels that a receipt may carry.
pub(super) static RECEIPT: LazyLock<Lexicon> = LazyLock::new(|| {
    Lexicon::of(&[
        Label::ReceiptNumber,
        Label::IssueDate,
        Label::Time,
        Label::TotalKdv,
        Label::Kdv,
        Label::Net,
        Label::Total,
        Label::Payment,
        Label::TaxNumber,
        Label::TaxOffice,
        Label::InvoiceNumber,
        Label::Discount,
        Label::Other,
    ])
});

/// Labels that a contract may carry.
pub(super) static CONTRACT: LazyLock<Lexicon> = LazyLock::new(|| {
    Lexicon::of(&[
        Label::ContractNumber,
        Label::ContractDate,
        Label::StartDate,
        Label::EndDate,
        Label::ContractValue,
        Label::TaxNumber,
        Label::TaxOffice,
        Label::Other,
    ])
});

/// Labels that a despatch note may carry.
pub(super) static DESPATCH: LazyLock<Lexicon> = LazyLock::new(|| {
    Lexicon::of(&[
        Label::DespatchNumber,
        Label::DespatchIssued,
        Label::DespatchDate,
        Label::IssueDate,
        Label::IssueTime,
        Label::Ettn,
        Label::Profile,
        Label::InvoiceType,
        Label::Carrier,
        Label::Plate,
        Label::Driver,
        Label::TaxNumber,
        Label::TaxOffice,
        Label::Customer,
        Label::Supplier,
        Label::Payable,
        Label::Carried,
        Label::Time,
        Label::Other,
    ])
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_labels_and_forgives_only_recognised_text() {
        let lexicon = &INVOICE;
        assert_eq!(lexicon.find("odenecektutar", false), Some(Label::Payable));
        assert_eq!(lexicon.find("odenecektutr", false), None);
        assert_eq!(lexicon.find("odenecektutr", true), Some(Label::Payable));
        assert_eq!(lexicon.find("vkm", true), None);
        assert_eq!(lexicon.find("aratoplam", false), Some(Label::Net));
    }
}
