//! What contracts say in sentences: who is called what, from when to when, how they go on.

use chrono::NaiveDate;

use crate::fields::ContractParty;

use super::super::{
    date::spelled,
    fold::compact,
    invoice::ends_like_a_firm,
    trail::Spot,
    view::{Token, View},
};

/// Tokens of a contract that are looked at: its head and main clauses.
const MOST: usize = 6000;
/// Tokens between a name and what it is called (`… A.Ş. (adres) bundan sonra "KİRACI"`).
const NAME_REACH: usize = 40;
/// Tokens of a name.
const NAME: usize = 8;
/// Tokens between a date and the verb that says what happens then.
const VERB_REACH: usize = 6;
/// Letters of the terms of renewal.
const LONGEST_TERMS: usize = 600;

/// A contract as one run of words.
pub(super) struct Prose<'a> {
    view: &'a View,
    /// Row and token of each word.
    words: Vec<(usize, usize)>,
}

/// A day and where it stands.
type Day = (NaiveDate, Option<Spot>);

/// A date with its place and the words it takes.
type Dated = (NaiveDate, Option<Spot>, std::ops::Range<usize>);

impl<'a> Prose<'a> {
    pub(super) fn new(view: &'a View) -> Self {
        let rows = view.rows.iter().enumerate();
        let words = rows
            .flat_map(|(row, content)| (0..content.tokens.len()).map(move |token| (row, token)))
            .take(MOST)
            .collect();
        Self { view, words }
    }

    fn token(&self, at: usize) -> Option<&'a Token> {
        let (row, token) = *self.words.get(at)?;
        self.view.rows.get(row)?.tokens.get(token)
    }

    fn folded(&self, at: usize) -> &'a str {
        self.token(at).map_or("", |token| token.folded.as_str())
    }

    fn spot(&self, range: std::ops::Range<usize>) -> Option<Spot> {
        // A value that wraps is shown where it begins.
        let (row, _) = *self.words.get(range.start)?;
        let content = self.view.rows.get(row)?;
        let own = range
            .filter_map(|at| self.words.get(at))
            .filter(|(other, _)| *other == row)
            .filter_map(|(_, token)| content.tokens.get(*token));
        Spot::of(content.page, content.recognised, own)
    }

    fn dates(&self) -> Vec<Dated> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < self.words.len() {
            let rest = (at..(at + 6).min(self.words.len()))
                .filter_map(|at| self.token(at))
                .map(|token| token.text.as_str());
            let words = (at..(at + 8).min(self.words.len()))
                .filter_map(|at| self.token(at))
                .map(|token| token.text.as_str());
            match self.view.order.read_at(rest).or_else(|| spelled(words)) {
                Some((date, used)) => {
                    found.push((date, self.spot(at..at + used), at..at + used));
                    at += used;
                }
                None => at += 1,
            }
        }
        found
    }

    /// First and last day, from `01.01.2026 tarihinde başlar ve 31.12.2026 tarihinde sona erer` or
    /// `01.01.2026 - 31.12.2026 tarihleri arasında`; nothing where sentences differ.
    pub(super) fn term(&self) -> (Option<Day>, Option<Day>) {
        let dates = self.dates();
        let (mut starts, mut ends) = (Vec::new(), Vec::new());
        for (index, (date, spot, range)) in dates.iter().enumerate() {
            let next = dates.get(index + 1);
            if let Some((last, last_spot, last_range)) = next
                && last_range.start - range.end <= 2
                && self.folded(last_range.end).starts_with("tarihleri")
                && self.folded(last_range.end + 1).starts_with("aras")
            {
                starts.push((*date, *spot));
                ends.push((*last, *last_spot));
                continue;
            }
            if !self.folded(range.end).starts_with("tarih") {
                let from = index.checked_sub(1).and_then(|before| dates.get(before));
                match self.english_verb(range.start, from.map_or(0, |(.., range)| range.end)) {
                    Some(true) => starts.push((*date, *spot)),
                    Some(false) => ends.push((*date, *spot)),
                    None => {}
                }
                continue;
            }
            let until = next.map_or(usize::MAX, |(_, _, next)| next.start);
            let verb = (range.end + 1..(range.end + 1 + VERB_REACH).min(until)).find_map(|at| {
                let word = self.folded(at);
                let next = self.folded(at + 1);
                if word.starts_with("basla") || word.starts_with("yururlug") {
                    return Some(true);
                }
                let ending = word.starts_with("bite")
                    || (word == "sona" && (next.starts_with("er") || next.starts_with("ece")))
                    || word.starts_with("sonlan");
                ending.then_some(false)
            });
            match verb {
                Some(true) => starts.push((*date, *spot)),
                Some(false) => ends.push((*date, *spot)),
                None => {}
            }
        }
        let agreed = |found: Vec<Day>| {
            let first = *found.first()?;
            found.iter().all(|(date, _)| *date == first.0).then_some(first)
        };
        (agreed(starts), agreed(ends))
    }

    /// What an English sentence says before a date, not further back than `from`: `shall commence on`
    /// begins, `and end on` ends.
    fn english_verb(&self, date: usize, from: usize) -> Option<bool> {
        (date.saturating_sub(VERB_REACH).max(from)..date).rev().find_map(|at| {
            let word = self.folded(at);
            let is = |heads: &[&str]| heads.iter().any(|head| word.starts_with(head));
            if is(&["commenc", "starting", "starts", "begin"]) || word == "from" {
                Some(true)
            } else if is(&["expire", "expiring", "terminat", "ending", "ends", "until", "through"])
                || word == "end"
            {
                Some(false)
            } else {
                None
            }
        })
    }

    /// The day of `entered into on …`, `made on …` or `dated …`; nothing where sentences differ.
    pub(super) fn entered_into(&self) -> Option<Day> {
        let dates = self.dates();
        let mut found = dates.iter().filter(|(_, _, range)| {
            (range.start.saturating_sub(4)..range.start)
                .any(|at| matches!(self.folded(at), "entered" | "dated" | "made"))
        });
        let (date, spot, _) = found.next()?;
        found.all(|(other, ..)| other == date).then_some((*date, *spot))
    }

    /// Parties that the contract gives a role in a sentence: `… Ltd. Şti. (bundan sonra "KİRACI" …)`.
    pub(super) fn parties(&self, roles: &[&str]) -> Vec<(ContractParty, Option<Spot>)> {
        let mut found: Vec<(ContractParty, Option<Spot>)> = Vec::new();
        for at in 0..self.words.len() {
            let Some(token) = self.token(at) else { break };
            let marked = token.text.starts_with(['"', '“', '”', '(', '\'', '‘', '«']);
            // `KİRAYA VEREN` is two words.
            let role = (1..=2).find(|count| {
                let text: String = (at..at + count).map(|at| self.folded(at)).collect();
                roles.contains(&text.as_str())
            });
            let Some(count) = role.filter(|_| marked) else { continue };
            let firm = |end: &usize| {
                let text = self.text(end.saturating_sub(2)..end + 1);
                ends_like_a_firm(text.trim_end_matches([',', ';', '(']))
            };
            // A role in brackets right behind a name is that name's, whatever it is.
            let beside = at.checked_sub(1).filter(|before| {
                token.text.starts_with('(')
                    && self.is_of_a_name(*before)
                    && before.checked_sub(1).is_some_and(|other| self.is_of_a_name(other))
            });
            let Some(end) = beside.or_else(|| (at.saturating_sub(NAME_REACH)..at).rev().find(firm))
            else {
                continue;
            };
            let start = (end.saturating_sub(NAME)..end)
                .rev()
                .take_while(|at| self.is_of_a_name(*at))
                .last()
                .unwrap_or(end);
            let trim = |text: String| {
                text.trim_matches(|c: char| !c.is_alphanumeric() && c != '.').to_owned()
            };
            let name = trim(self.text(start..end + 1));
            let role = trim(self.text(at..at + count)).trim_matches('.').to_owned();
            let known = |(own, _): &(ContractParty, Option<Spot>)| {
                own.name.as_deref() == Some(&name)
                    || own.role.as_deref().map(compact) == Some(compact(&role))
            };
            if name.chars().filter(|c| c.is_alphabetic()).count() < 4 || found.iter().any(known) {
                continue;
            }
            let spot = self.spot(start..end + 1);
            let party = ContractParty { name: Some(name), role: Some(role), tax_number: None };
            found.push((party, spot));
        }
        found
    }

    fn is_of_a_name(&self, at: usize) -> bool {
        self.token(at).is_some_and(|token| {
            let first = token.text.chars().next().unwrap_or(' ');
            let bound = ["ile", "ve", "tarafta", "taraf", "arasinda", "madde", "taraflar"];
            (first.is_uppercase() || first.is_ascii_digit() || token.text == "&")
                && !token.text.ends_with([':', ';', ')'])
                && !bound.contains(&token.folded.as_str())
        })
    }

    fn text(&self, range: std::ops::Range<usize>) -> String {
        let words = range.filter_map(|at| self.token(at)).map(|token| token.text.as_str());
        words.collect::<Vec<_>>().join(" ")
    }

    /// The whole sentence that speaks of renewal or prolongation; a clause's heading is none.
    pub(super) fn renewal(&self) -> Option<String> {
        let speaks = |at: &usize| {
            let word = self.folded(*at);
            ["yenilen", "yenilem", "uzatil", "uzatma", "uzamis", "uzar", "renew", "extend"]
                .iter()
                .any(|head| word.starts_with(head))
        };
        let mut places = (0..self.words.len()).filter(speaks).take(64);
        places.find_map(|at| {
            let range = self.sentence(at);
            let is_sentence = range.len() > 3;
            let text: String = self.text(range).chars().take(LONGEST_TERMS).collect();
            (is_sentence && !text.is_empty()).then_some(text)
        })
    }

    /// The words of the sentence around one.
    fn sentence(&self, at: usize) -> std::ops::Range<usize> {
        let ends = |at: usize| {
            self.token(at).is_some_and(|token| {
                token.text.ends_with('.')
                    // `12.`, `A.Ş.` and `No.` end no sentence.
                    && token.folded.len() > 3
                    && !token.folded.chars().all(|c| c.is_ascii_digit())
            })
        };
        let start = (at.saturating_sub(60)..at)
            .rev()
            .find(|at| ends(*at))
            .map_or(at.saturating_sub(60), |before| before + 1);
        let end =
            (at..(at + 60).min(self.words.len())).find(|at| ends(*at)).map_or(at + 1, |at| at + 1);
        start..end
    }
}
