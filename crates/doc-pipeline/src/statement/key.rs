//! Names movements, so that the same movement in an overlapping file is known again and two movements
//! that look alike are not taken for one.
//!
//! The name is a hash of account, booking date, amount and the bank's own reference; without one, of
//! the balance after the movement and the folded text instead. Equal ones of a day are numbered: two
//! fees of the same amount are two movements, the same file read twice holds none that is new. Banks
//! reuse references and hand out whole days, hence date, amount and number beside the reference.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

use crate::{
    fields::{BankStatementFields, BankTransaction},
    parse::fold::letter,
};

/// Bytes of the hash in a key; the number among equal movements takes four more.
const HASH: usize = 12;

/// References that stand for none.
const NO_REFERENCE: [&str; 5] = ["NONREF", "NOTPROVIDED", "NOREF", "EREF", "MARF"];

/// Gives every movement its key.
pub(crate) fn assign(fields: &mut BankStatementFields) {
    let account = fields.iban.clone().or_else(|| fields.account_number.clone());
    let newest_first = match (fields.transactions.first(), fields.transactions.last()) {
        (Some(first), Some(last)) => first.date > last.date,
        _ => false,
    };
    // What begins every hash is computed once.
    let mut start = Sha256::new();
    part(&mut start, account.as_deref().unwrap_or_default().as_bytes());
    let mut seen: HashMap<[u8; HASH], u32, BuildHasherDefault<FirstBytes>> =
        HashMap::with_capacity_and_hasher(fields.transactions.len(), BuildHasherDefault::default());
    let mut name = |movement: &mut BankTransaction| {
        let base = base(&start, movement);
        let ordinal = seen.entry(base).or_default();
        movement.key = Some(written(&base, *ordinal));
        *ordinal += 1;
    };
    // Numbered in the order of time, so that the order of the file does not matter.
    if newest_first {
        fields.transactions.iter_mut().rev().for_each(&mut name);
    } else {
        fields.transactions.iter_mut().for_each(&mut name);
    }
}

/// The hash and the number among equal movements, in hexadecimal digits.
fn written(base: &[u8; HASH], ordinal: u32) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut key = String::with_capacity(2 * (HASH + 4));
    for byte in base.iter().copied().chain(ordinal.to_be_bytes()) {
        for digit in [byte >> 4, byte & 15] {
            key.push(DIGITS.get(usize::from(digit)).copied().map_or('0', char::from));
        }
    }
    key
}

/// Takes the first bytes of what is a hash already.
#[derive(Default)]
struct FirstBytes(u64);

impl Hasher for FirstBytes {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        if let Some(first) = bytes.first_chunk() {
            self.0 = u64::from_le_bytes(*first);
        }
    }

    // How many bytes there are is the same for all.
    fn write_usize(&mut self, _: usize) {}
}

/// Whether the text names a movement.
pub(super) fn is_reference(text: &str) -> bool {
    !text.is_empty() && !NO_REFERENCE.iter().any(|none| text.eq_ignore_ascii_case(none))
}

fn part(hash: &mut Sha256, bytes: &[u8]) {
    hash.update(bytes);
    hash.update([0x1f]);
}

/// The hash of a movement; `start` has taken the document's account.
fn base(start: &Sha256, movement: &BankTransaction) -> [u8; HASH] {
    let mut hash = start.clone();
    if let Some(account) = &movement.account {
        // Of several accounts: the document itself has none then.
        hash = Sha256::new();
        part(&mut hash, account.as_bytes());
    }
    part(&mut hash, &chrono::Datelike::num_days_from_ce(&movement.date).to_le_bytes());
    part(&mut hash, &amount(movement.amount));
    if let Some(reference) = movement.reference.as_deref().filter(|text| is_reference(text)) {
        part(&mut hash, b"reference");
        part(&mut hash, reference.as_bytes());
    } else {
        part(&mut hash, b"text");
        part(&mut hash, &movement.balance.map(amount).unwrap_or_default());
        let text = movement.description.as_deref().unwrap_or_default();
        let folded: String =
            text.chars().filter_map(letter).filter(|c| c.is_alphanumeric()).collect();
        part(&mut hash, folded.as_bytes());
    }
    let full: [u8; 32] = hash.finalize().into();
    let mut out = [0; HASH];
    for (slot, byte) in out.iter_mut().zip(full) {
        *slot = byte;
    }
    out
}

/// The same bytes for 12.5 and 12.50.
fn amount(value: Decimal) -> [u8; 16] {
    value.normalize().serialize()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    fn statement(rows: &[(u32, &str, &str)]) -> BankStatementFields {
        let mut fields = BankStatementFields {
            iban: Some("TR360004600000001234567890".to_owned()),
            transactions: rows
                .iter()
                .map(|(day, amount, text)| BankTransaction {
                    date: NaiveDate::from_ymd_opt(2026, 8, *day).unwrap(),
                    amount: amount.parse().unwrap(),
                    description: Some((*text).to_owned()),
                    ..BankTransaction::default()
                })
                .collect(),
            ..BankStatementFields::default()
        };
        assign(&mut fields);
        fields
    }

    fn keys(fields: &BankStatementFields) -> Vec<String> {
        fields.transactions.iter().filter_map(|movement| movement.key.clone()).collect()
    }

    #[test]
    fn equal_rows_are_two_and_an_overlap_adds_only_what_is_new() {
        let first = keys(&statement(&[(1, "10", "a"), (2, "-12.60", "Fee"), (2, "-12.6", "FEE")]));
        let second =
            keys(&statement(&[(2, "-12.60", "fee"), (2, "-12.60", "fee"), (3, "-12.60", "fee")]));
        assert_eq!(first.len(), 3);
        assert_ne!(first[1], first[2]);
        assert_eq!(first[1..], second[..2]);
        assert!(!first.contains(&second[2]));
    }

    #[test]
    fn the_order_of_the_file_does_not_matter() {
        let rows = [(1, "5", "a"), (2, "-1", "b"), (2, "-1", "b"), (3, "7", "c")];
        let mut reversed = rows;
        reversed.reverse();
        let (mut old, mut new) = (keys(&statement(&rows)), keys(&statement(&reversed)));
        old.sort();
        new.sort();
        assert_eq!(old, new);
    }
}
