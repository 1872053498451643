//! SWIFT MT940 and MT942: lines to fields, fields to statements. A field begins with its tag at the
//! start of a line (`:61:`); lines without one go on with the field before. Source: SWIFT Standards
//! MT, category 9, and what banks make of it.

mod line;
mod narrative;
mod value;

use domain::{Currency, Iban, Severity};

use super::{
    MAX_MOVEMENTS,
    model::{Draft, Statement},
};
use crate::{
    error::{Limit, ReadError},
    fields::BankTransaction,
    findings::shown,
};

/// Text of one field: SWIFT allows 6 lines of 65, banks go far beyond.
const MAX_TEXT: usize = 64 << 10;

/// What a line without a tag goes on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    /// Nothing that is kept.
    Other,
    /// `:61:`: details of the movement.
    Movement,
    /// `:61:` that could not be read so far: some writers break it.
    Broken,
    /// `:86:` of a movement.
    Narrative,
}

/// Whether the first bytes are those of a statement message: a line that begins with one of its tags,
/// before anything that is not text.
pub(super) fn looks_like_it(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let mut tags = 0;
    for line in head.split(|byte| *byte == b'\n').take(40) {
        let line = line.strip_prefix(b"{4:").unwrap_or(line);
        let known = match line {
            [b':', rest @ ..] => KNOWN.iter().any(|tag| {
                rest.strip_prefix(tag.as_bytes()).is_some_and(|rest| rest.first() == Some(&b':'))
            }),
            _ => false,
        };
        tags += usize::from(known);
        let is_first = tags == 1 && known;
        // One tag at the very start, or two anywhere near it.
        if tags >= 2 || (is_first && std::ptr::eq(line.as_ptr(), head.as_ptr())) {
            return true;
        }
    }
    tags >= 1 && head.starts_with(b"{1:")
}

const KNOWN: [&str; 19] = [
    "20", "21", "25", "25P", "28", "28C", "60F", "60M", "61", "86", "62F", "62M", "64", "65",
    "34F", "13D", "13", "90D", "90C",
];

/// Reads all statements of a file.
pub(super) fn read(text: &str, draft: &mut Draft) -> Result<(), ReadError> {
    let mut parser = Parser {
        draft,
        statement: Statement::default(),
        open: None,
        broken: None,
        after: After::Other,
        unknown: 0,
        is_new: true,
    };
    for line in text.split('\n') {
        parser.line(line.strip_suffix('\r').unwrap_or(line))?;
    }
    // Every statement closes with its balance; reports within the day (MT942) open with none.
    parser.end_movement();
    parser.statement.is_cut =
        parser.statement.opening.is_some() && parser.statement.closing.is_none();
    parser.end_statement()?;
    let unknown = parser.unknown;
    if unknown > 0 {
        draft.findings.add("STATEMENT_FIELDS_UNKNOWN", Severity::Low, [("count", unknown.into())]);
    }
    Ok(())
}

/// A movement whose texts are still coming.
#[derive(Debug)]
struct Open<'a> {
    movement: BankTransaction,
    details: Text<'a>,
    narrative: Text<'a>,
}

/// Lines of a text: mostly one, which is borrowed.
#[derive(Debug, Default)]
struct Text<'a> {
    first: &'a str,
    more: Vec<&'a str>,
    length: usize,
}

impl<'a> Text<'a> {
    fn push(&mut self, line: &'a str) -> Result<(), ReadError> {
        self.length += line.len() + 1;
        if self.length > MAX_TEXT {
            return Err(ReadError::LimitExceeded(Limit::Output));
        }
        if self.first.is_empty() && self.more.is_empty() {
            self.first = line;
        } else {
            self.more.push(line);
        }
        Ok(())
    }

    fn lines(&self) -> impl Iterator<Item = &'a str> + '_ {
        std::iter::once(self.first).chain(self.more.iter().copied())
    }
}

#[derive(Debug)]
struct Parser<'a, 'd> {
    draft: &'d mut Draft,
    statement: Statement,
    open: Option<Open<'a>>,
    broken: Option<&'a str>,
    after: After,
    unknown: usize,
    /// Whether nothing of the statement was read yet.
    is_new: bool,
}

impl<'a> Parser<'a, '_> {
    fn line(&mut self, line: &'a str) -> Result<(), ReadError> {
        let first = line.as_bytes().first();
        match first {
            Some(b':') => match tag(line) {
                Some((tag, value)) => self.field(tag, value, line),
                None => self.more(line),
            },
            // The blocks of a SWIFT message around its text.
            Some(b'{') => match line.rsplit_once("{4:") {
                Some((_, rest)) if !rest.is_empty() => self.line_of_text(rest),
                Some(_) => self.end_statement(),
                None => self.more(line),
            },
            Some(b'-') if line == "-" || line.starts_with("-}") => self.end_statement(),
            _ => self.more(line),
        }
    }

    /// What stands behind `{4:` on the same line, which is not looked at for blocks again.
    fn line_of_text(&mut self, rest: &'a str) -> Result<(), ReadError> {
        self.end_statement()?;
        match tag(rest) {
            Some((tag, value)) => self.field(tag, value, rest),
            None => Ok(()),
        }
    }

    fn field(&mut self, tag: &str, value: &'a str, line: &'a str) -> Result<(), ReadError> {
        match tag {
            "61" => return self.movement(value),
            "86" => {
                self.after = match &mut self.open {
                    Some(open) if self.after != After::Other => {
                        open.narrative.push(value)?;
                        After::Narrative
                    }
                    _ => After::Other,
                };
                return Ok(());
            }
            "20" => self.end_statement()?,
            "25" | "25P" => {
                // Some writers put the narrative under the tag of the account.
                if self.open.is_some() && self.statement.closing.is_none() && is_narrative(value) {
                    if let Some(open) = &mut self.open {
                        open.narrative.push(value)?;
                        self.after = After::Narrative;
                    }
                    return Ok(());
                }
                self.next_if_closed()?;
                self.account(value);
            }
            "28" | "28C" => self.next_if_closed()?,
            "60F" | "60M" => {
                self.next_if_closed()?;
                self.end_movement();
                if let Some(balance) = self.balance(value) {
                    self.statement.opening = Some(balance.amount);
                    self.statement.start_date = Some(balance.date);
                    self.currency(balance.currency);
                }
            }
            "62F" | "62M" => {
                self.end_movement();
                if let Some(balance) = self.balance(value) {
                    self.statement.closing = Some(balance.amount);
                    self.statement.end_date = Some(balance.date);
                    self.statement.is_closed = true;
                    self.currency(balance.currency);
                }
            }
            "34F" => {
                let currency = value.get(..3).and_then(|code| code.parse().ok());
                self.currency(currency);
            }
            "90D" | "90C" => {
                self.end_movement();
                let slot = self.statement.stated_sums.get_mut(usize::from(tag == "90D"));
                if let (Some(slot), Some(sum)) = (slot, value::sum(value)) {
                    *slot = Some(sum);
                }
            }
            "21" | "64" | "65" | "13" | "13D" | "NS" => {}
            _ => {
                self.unknown += 1;
                // A line of a text that happens to look like a tag.
                return self.more(line);
            }
        }
        self.after = After::Other;
        self.is_new = false;
        Ok(())
    }

    /// A line that goes on with the field before.
    fn more(&mut self, line: &'a str) -> Result<(), ReadError> {
        if self.after == After::Broken {
            return self.mended(line);
        }
        let Some(open) = &mut self.open else { return Ok(()) };
        match self.after {
            After::Movement if !line.trim().is_empty() => open.details.push(line),
            After::Narrative if !line.trim().is_empty() => open.narrative.push(line),
            _ => Ok(()),
        }
    }

    fn movement(&mut self, value: &'a str) -> Result<(), ReadError> {
        self.end_movement();
        self.is_new = false;
        self.draft.count()?;
        if let Some(read) = line::read(value) {
            return self.begin(read.movement, read.details, read.is_expected, read.moved);
        }
        self.broken = Some(value);
        self.after = After::Broken;
        Ok(())
    }

    /// The second half of a movement that was broken in the middle; its details have no place.
    fn mended(&mut self, line: &str) -> Result<(), ReadError> {
        if line.trim().is_empty() {
            return Ok(());
        }
        let whole = format!("{}{line}", self.broken.unwrap_or_default());
        self.after = After::Other;
        match line::read(&whole) {
            Some(read) => {
                self.broken = None;
                self.begin(read.movement, "", read.is_expected, read.moved)
            }
            None => Ok(()),
        }
    }

    fn begin(
        &mut self,
        movement: BankTransaction,
        details: &'a str,
        is_expected: bool,
        moved: Option<&str>,
    ) -> Result<(), ReadError> {
        self.after = After::Movement;
        if is_expected {
            self.statement.pending += 1;
            return Ok(());
        }
        if let Some(written) = moved {
            let values = [("found", shown(written))];
            self.draft.findings.add("MOVEMENT_DATE_MOVED", Severity::Low, values);
        }
        let mut open = Open { movement, details: Text::default(), narrative: Text::default() };
        if !details.is_empty() {
            open.details.push(details)?;
        }
        self.open = Some(open);
        Ok(())
    }

    fn end_movement(&mut self) {
        self.statement.unread += usize::from(self.broken.take().is_some());
        let Some(open) = self.open.take() else { return };
        let mut movement = open.movement;
        narrative::apply(open.details.lines(), open.narrative.lines(), &mut movement);
        if self.statement.movements.len() < MAX_MOVEMENTS {
            self.statement.movements.push(movement);
        }
    }

    fn next_if_closed(&mut self) -> Result<(), ReadError> {
        if self.statement.closing.is_some() { self.end_statement() } else { Ok(()) }
    }

    fn end_statement(&mut self) -> Result<(), ReadError> {
        self.end_movement();
        self.after = After::Other;
        if !self.is_new {
            let statement = std::mem::take(&mut self.statement);
            self.draft.push(statement)?;
            self.is_new = true;
        }
        Ok(())
    }

    fn account(&mut self, value: &str) {
        self.end_movement();
        let value = value.trim();
        if value.is_empty() {
            return;
        }
        // The currency may stand behind the number, with or without a blank.
        let cut = value.len().checked_sub(3).filter(|at| value.is_char_boundary(*at));
        let (short, tail) = cut.map_or((value, ""), |at| value.split_at(at));
        let currency: Option<Currency> = tail.parse().ok();
        let iban = value
            .parse::<Iban>()
            .ok()
            .or_else(|| short.trim().parse().ok().filter(|_| currency.is_some()))
            // `BIC/IBAN`
            .or_else(|| value.split_once('/').and_then(|(_, number)| number.trim().parse().ok()));
        match iban {
            Some(iban) => {
                if !value.contains('/')
                    && iban.as_str().len() < value.chars().filter(|c| !c.is_whitespace()).count()
                {
                    self.currency(currency);
                }
                self.statement.iban = Some(iban.as_str().to_owned());
            }
            None => self.statement.account_number = Some(value.to_owned()),
        }
    }

    fn currency(&mut self, currency: Option<Currency>) {
        if self.statement.currency.is_none() {
            self.statement.currency = currency;
        }
    }

    fn balance(&mut self, value: &str) -> Option<value::Balance> {
        let balance = value::balance(value);
        if balance.is_none() {
            self.draft.findings.add(
                "AMOUNT_UNREADABLE",
                Severity::High,
                [("field", "Bakiye".into()), ("found", shown(value))],
            );
        }
        balance
    }
}

/// `:61:value` to tag and value.
fn tag(line: &str) -> Option<(&str, &str)> {
    let rest = line.strip_prefix(':')?;
    let end = rest.bytes().take(4).position(|byte| byte == b':')?;
    let (tag, value) = (rest.get(..end)?, rest.get(end + 1..)?);
    let is_tag = match tag.as_bytes() {
        [a, b] => (a.is_ascii_digit() && b.is_ascii_digit()) || tag == "NS",
        [a, b, c] => a.is_ascii_digit() && b.is_ascii_digit() && c.is_ascii_uppercase(),
        _ => false,
    };
    is_tag.then_some((tag, value))
}

fn is_narrative(value: &str) -> bool {
    matches!(value.as_bytes(), [a, b, c, b'?', ..] if [a, b, c].iter().all(|d| d.is_ascii_digit()))
}
