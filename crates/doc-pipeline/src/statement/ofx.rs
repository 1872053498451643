//! OFX 1.x (SGML, tags without end tags) and 2.x (XML): one walk over the tags reads both.
//!
//! `FITID` is unique within an account at best, and some banks reuse it; the key of a movement takes
//! date and amount too.

use chrono::NaiveDate;
use domain::Iban;
use encoding_rs::Encoding;
use rust_decimal::Decimal;

use super::{
    grid::amount::{Decimals, read as read_amount},
    key::is_reference,
    model::{Draft, Statement},
};
use crate::{
    error::{Limit, ReadError},
    fields::BankTransaction,
};

const MAX_TEXT: usize = 64 << 10;

/// Whether the first bytes are those of OFX.
pub(super) fn looks_like_it(head: &[u8]) -> bool {
    let head = head.get(..head.len().min(2048)).unwrap_or_default();
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let upper = head.to_ascii_uppercase();
    let has = |word: &[u8]| upper.windows(word.len()).any(|window| window == word);
    upper.starts_with(b"OFXHEADER")
        || (upper.starts_with(b"<") && (has(b"<?OFX") || starts_ofx(&upper)))
}

/// `<OFX>` as the root, behind an XML declaration or nothing.
fn starts_ofx(head: &[u8]) -> bool {
    let rest = match head.strip_prefix(b"<?XML") {
        Some(rest) => {
            let end = rest.windows(2).position(|window| window == b"?>");
            end.and_then(|at| rest.get(at + 2..)).unwrap_or_default().trim_ascii_start()
        }
        None => head,
    };
    rest.starts_with(b"<OFX>")
}

/// The code page that the header of OFX 1.x names, or the encoding of an XML declaration.
pub(super) fn declared_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..bytes.len().min(1024)).unwrap_or_default();
    let head = String::from_utf8_lossy(head).to_ascii_uppercase();
    let value = |key: &str| {
        let (_, rest) = head.split_once(key)?;
        let rest = rest.trim_start_matches(['=', ' ', '"', '\'', ':']);
        rest.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).next()
    };
    let charset = value("CHARSET").or_else(|| value("ENCODING"))?;
    if charset.bytes().all(|byte| byte.is_ascii_digit()) {
        return Encoding::for_label(format!("windows-{charset}").as_bytes());
    }
    Encoding::for_label(charset.as_bytes())
}

#[derive(Debug, Default)]
struct Movement {
    kind: Option<String>,
    posted: Option<String>,
    amount: Option<String>,
    id: Option<String>,
    check: Option<String>,
    name: Option<String>,
    memo: Option<String>,
    payee_account: Option<String>,
}

/// Where the walk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    Head,
    Account,
    Movement,
    /// The account of the other side.
    OtherAccount,
    Balance,
    /// Balances that are not booked, securities and the like.
    Ignored,
}

/// Reads all statements of a file.
pub(super) fn read(text: &str, draft: &mut Draft) -> Result<(), ReadError> {
    let mut statement = Statement::default();
    let mut movement = Movement::default();
    let mut within = Within::Head;
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        rest = rest.get(at + 1..).unwrap_or_default();
        if rest.starts_with("!DOCTYPE") || rest.starts_with("!ENTITY") {
            return Err(ReadError::ForbiddenXml);
        }
        if rest.starts_with(['!', '?']) {
            continue;
        }
        let Some(end) = rest.find('>') else { break };
        let (tag, after) = rest.split_at(end);
        rest = after.get(1..).unwrap_or_default();
        let value = rest.get(..rest.find('<').unwrap_or(rest.len())).unwrap_or_default().trim();
        if value.len() > MAX_TEXT {
            return Err(ReadError::LimitExceeded(Limit::Output));
        }
        match (tag.trim(), within) {
            ("STMTRS" | "CCSTMTRS" | "INVSTMTRS" | "/STMTRS" | "/CCSTMTRS" | "/INVSTMTRS", _) => {
                draft.push(std::mem::take(&mut statement))?;
                within = Within::Head;
            }
            ("BANKACCTFROM" | "CCACCTFROM" | "INVACCTFROM", Within::Head) => {
                within = Within::Account;
            }
            ("BANKACCTTO" | "CCACCTTO", Within::Movement) => within = Within::OtherAccount,
            ("/BANKACCTTO" | "/CCACCTTO", Within::OtherAccount) => within = Within::Movement,
            ("STMTTRN", _) => {
                draft.count()?;
                movement = Movement::default();
                within = Within::Movement;
            }
            ("/STMTTRN", Within::Movement | Within::OtherAccount) => {
                end_movement(std::mem::take(&mut movement), &mut statement);
                within = Within::Head;
            }
            ("LEDGERBAL", _) => within = Within::Balance,
            ("AVAILBAL" | "BALLIST" | "INVBAL", _) => within = Within::Ignored,
            (
                "/BANKACCTFROM" | "/CCACCTFROM" | "/INVACCTFROM" | "/LEDGERBAL" | "/AVAILBAL"
                | "/BALLIST" | "/INVBAL",
                _,
            ) => within = Within::Head,
            (tag, _) if value.is_empty() || tag.starts_with('/') => {}
            (tag, within) => leaf(tag, value, within, &mut statement, &mut movement),
        }
    }
    // Also where end tags may be left out, that of the statement is written.
    statement.is_cut = !statement.is_empty();
    draft.push(statement)
}

fn leaf(
    tag: &str,
    value: &str,
    within: Within,
    statement: &mut Statement,
    movement: &mut Movement,
) {
    match (within, tag) {
        (Within::Head, "CURDEF") => statement.currency = value.parse().ok(),
        (Within::Head, "DTSTART") => statement.start_date = moment(value).map(|(day, _)| day),
        (Within::Head, "DTEND") => statement.end_date = moment(value).map(|(day, _)| day),
        (Within::Account, "ACCTID") => match value.parse::<Iban>() {
            Ok(iban) => statement.iban = Some(iban.as_str().to_owned()),
            Err(_) => statement.account_number = Some(plain(value)),
        },
        (Within::Balance, "BALAMT") => {
            statement.closing = amount(value);
            statement.is_closed = true;
        }
        (Within::OtherAccount, "ACCTID") => movement.payee_account = Some(plain(value)),
        (Within::Movement, _) => {
            let slot = match tag {
                "TRNTYPE" => &mut movement.kind,
                "DTPOSTED" => &mut movement.posted,
                "TRNAMT" => &mut movement.amount,
                "FITID" => &mut movement.id,
                "CHECKNUM" => &mut movement.check,
                "NAME" => &mut movement.name,
                "MEMO" => &mut movement.memo,
                _ => return,
            };
            *slot = Some(plain(value));
        }
        _ => {}
    }
}

fn end_movement(read: Movement, statement: &mut Statement) {
    let posted = read.posted.as_deref().and_then(moment);
    let amount = read.amount.as_deref().and_then(amount);
    let (Some((date, time)), Some(amount)) = (posted, amount) else {
        statement.unread += 1;
        return;
    };
    let description = match (&read.name, &read.memo) {
        (Some(name), Some(memo)) if name != memo => Some(format!("{name} {memo}")),
        (name, memo) => name.clone().or_else(|| memo.clone()),
    };
    statement.movements.push(BankTransaction {
        date,
        time,
        description,
        amount,
        reference: read.id.or(read.check).filter(|id| is_reference(id)),
        code: read.kind,
        counterparty_account: read.payee_account,
        ..BankTransaction::default()
    });
}

/// Amounts are plain decimals; some banks write their own sign for them.
fn amount(text: &str) -> Option<Decimal> {
    let decimals = match (text.rfind('.'), text.rfind(',')) {
        (Some(dot), Some(comma)) if comma > dot => Decimals::Comma,
        (None, Some(_)) => Decimals::Comma,
        _ => Decimals::Dot,
    };
    read_amount(text, decimals)
}

/// `20240229`, `20240229103000`, `20240229103000.000[-3:TZ]`: day and time as written; a zone is not
/// applied, because banks book by their own calendar.
fn moment(text: &str) -> Option<(NaiveDate, Option<String>)> {
    let digits = text.get(..8)?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = |from, to| digits.get(from..to)?.parse::<u32>().ok();
    let year = i32::try_from(number(0, 4)?).ok()?;
    let day = NaiveDate::from_ymd_opt(year, number(4, 6)?, number(6, 8)?)?;
    let time = text.get(8..14).filter(|time| time.bytes().all(|byte| byte.is_ascii_digit()));
    let time = time.filter(|time| !matches!(*time, "000000" | "120000")).and_then(|time| {
        Some(format!("{}:{}:{}", time.get(..2)?, time.get(2..4)?, time.get(4..6)?))
    });
    Some((day, time))
}

/// Text without the references that SGML and XML know.
fn plain(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    // The ampersand last, so that nothing is resolved twice.
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&nbsp;", " ")]
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_days_and_amounts() {
        let day = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
        assert_eq!(moment("20240229"), Some((day, None)));
        let time = Some("10:30:00".to_owned());
        assert_eq!(moment("20240229103000.000[-3:TRT]"), Some((day, time)));
        assert_eq!(moment("20240230"), None);
        for (text, value) in [("-12.50", "-12.50"), ("1.234,56", "1234.56"), ("-5,5", "-5.5")] {
            assert_eq!(amount(text).unwrap().to_string(), value);
        }
        assert_eq!(amount("12a"), None);
        assert_eq!(plain("A &amp;lt; B"), "A &lt; B");
    }

    #[test]
    fn is_known_by_its_head() {
        assert!(looks_like_it(b"OFXHEADER:100\r\n"));
        assert!(looks_like_it(b"<?xml version=\"1.0\"?><?OFX OFXHEADER=\"200\"?><OFX>"));
        assert!(looks_like_it(b"<OFX><SIGNONMSGSRSV1>"));
        assert!(!looks_like_it(b"<?xml version=\"1.0\"?><Invoice/>"));
    }
}
