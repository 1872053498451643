//! Which row of the books a movement is.

use std::collections::{BTreeSet, HashMap};

use domain::books::{
    AccountMove, BookEntry, BookRow, BookWrite, ContentHash, Found, KnownRecord, PUSHED, UNSEEN,
};
use rust_decimal::Decimal;

use crate::import::{Reason, exact, hash};
use crate::record::BankTransactionRecord;

/// The amount of an entry of one movement.
fn amount_of(entry: &BookEntry) -> Decimal {
    entry.lines.iter().map(|line| line.debit.max(line.credit)).max().unwrap_or_default()
}

/// What a movement is to the books.
pub(super) enum Match {
    New,
    Same(String),
    Change(String, usize),
    Keep(KnownRecord, Reason),
    /// The same movement of a source that is gone, as it is.
    TakeOver(KnownRecord),
}

/// The rows that records of one page may be.
pub(super) struct Rows {
    by_id: HashMap<String, BookRow<BookEntry>>,
    unowned: HashMap<String, Vec<String>>,
    /// Rows of sources that are gone and that no record of the page is known as, by what they moved.
    former: HashMap<AccountMove, Vec<String>>,
}

impl Rows {
    pub(super) fn new(found: Found<BookEntry>, known: &HashMap<String, KnownRecord>) -> Self {
        let known: BTreeSet<&str> = known.values().map(|known| known.row_id.as_str()).collect();
        let mut rows =
            Self { by_id: HashMap::new(), unowned: HashMap::new(), former: HashMap::new() };
        for row in found.rows {
            if row.former_hash.is_some() {
                for line in row.content.lines.iter().filter(|_| !known.contains(row.id.as_str())) {
                    let moved = AccountMove {
                        ledger_account_id: line.ledger_account_id.clone(),
                        date: row.content.date,
                        amount: line.debit - line.credit,
                    };
                    rows.former.entry(moved).or_default().push(row.id.clone());
                }
            } else if let Some(external_id) = row.external_id.as_ref().filter(|_| !row.owned) {
                rows.unowned.entry(external_id.clone()).or_default().push(row.id.clone());
            }
            rows.by_id.insert(row.id.clone(), row);
        }
        rows
    }

    /// A record that is a row which was sent to its source, with what is to be told of it.
    pub(super) fn of_pushed(
        &mut self,
        known: Option<&KnownRecord>,
        record: &BankTransactionRecord,
        content_hash: ContentHash,
    ) -> Option<(KnownRecord, Option<Reason>)> {
        let known = if let Some(known) = known {
            known.clone()
        } else {
            // A push whose end was not recorded. A copy of a marked record is another movement.
            let row = self.by_id.get_mut(record.pushed_from.as_ref()?)?;
            let same = Some(amount_of(&row.content)) == exact::money(record.amount.abs());
            if row.linked_here || !same {
                return None;
            }
            row.linked_here = true;
            KnownRecord {
                external_id: record.external_id.clone(),
                row_id: row.id.clone(),
                client_company_id: row.client_company_id.clone().unwrap_or_default(),
                owns_row: !row.owned && row.former_hash.is_none(),
                content_hash: UNSEEN,
                written_hash: PUSHED,
                inherited: false,
            }
        };
        if known.written_hash != PUSHED {
            return None;
        }
        let Some(row) = self.by_id.get(&known.row_id) else {
            return Some((known, Some(Reason::Deleted)));
        };
        let differs = if known.content_hash == UNSEEN {
            Some(amount_of(&row.content)) != exact::money(record.amount.abs())
        } else {
            known.content_hash != content_hash
        };
        Some((known, differs.then_some(Reason::Pushed)))
    }

    pub(super) fn find(
        &mut self,
        known: Option<&KnownRecord>,
        write: &BookWrite<BookEntry>,
        moved: &AccountMove,
    ) -> Match {
        let Some(known) = known else {
            return self.of_former(write, moved).unwrap_or_else(|| self.of_earlier_import(write));
        };
        let Some(row) = self.by_id.get(&known.row_id) else {
            return Match::Keep(known.clone(), Reason::Deleted);
        };
        if row.content == write.content {
            return Match::Same(row.id.clone());
        }
        // A person who has given the movement its real account has worked on it.
        let as_written = row.client_company_id.as_ref() == Some(&known.client_company_id)
            && hash::of_content(&row.content) == known.written_hash;
        if as_written {
            Match::Change(row.id.clone(), 0)
        } else {
            Match::Keep(known.clone(), Reason::Edited)
        }
    }

    /// Sources number their movements each in its own way. What is left to know one by is its account,
    /// day and amount, and of several like it how many there are.
    fn of_former(&mut self, write: &BookWrite<BookEntry>, moved: &AccountMove) -> Option<Match> {
        let alike = self.former.get_mut(moved)?;
        let by_id = &self.by_id;
        let nearness = |id: &String| {
            by_id.get(id).map(|row| {
                let (old, new) = (&row.content, &write.content);
                (old.reference == new.reference, old.description == new.description)
            })
        };
        // The oldest of the nearest.
        let at = (0..alike.len()).rev().max_by_key(|at| alike.get(*at).and_then(nearness))?;
        let row = by_id.get(&alike.remove(at))?;
        Some(Match::TakeOver(KnownRecord {
            external_id: write.external_id.clone(),
            row_id: row.id.clone(),
            client_company_id: row.owner_company_id.clone().unwrap_or_default(),
            owns_row: true,
            content_hash: UNSEEN,
            written_hash: row.former_hash?,
            inherited: false,
        }))
    }

    /// Movements that the old importer made have one line, on the wrong side, and are put right. One
    /// with more lines was booked by a person.
    fn of_earlier_import(&mut self, write: &BookWrite<BookEntry>) -> Match {
        let Some(candidates) = self.unowned.get_mut(&write.external_id) else { return Match::New };
        let by_id = &self.by_id;
        let matching: Vec<String> = candidates
            .iter()
            .filter(|id| {
                by_id.get(*id).is_some_and(|row| {
                    let days = (row.content.date - write.content.date).num_days().abs();
                    days <= 1 && amount_of(&row.content) == amount_of(&write.content)
                })
            })
            .cloned()
            .collect();
        let Some((row_id, others)) = matching.split_first() else { return Match::New };
        candidates.retain(|id| !matching.contains(id));
        let Some(row) = by_id.get(row_id) else { return Match::New };
        if row.content.lines.len() > 1 {
            let known = KnownRecord {
                external_id: write.external_id.clone(),
                row_id: row_id.clone(),
                client_company_id: row.client_company_id.clone().unwrap_or_default(),
                owns_row: true,
                content_hash: UNSEEN,
                written_hash: [0; 32],
                inherited: false,
            };
            return Match::Keep(known, Reason::Edited);
        }
        Match::Change(row_id.clone(), others.len())
    }
}
