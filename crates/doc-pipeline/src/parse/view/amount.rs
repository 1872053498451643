//! Amounts among the tokens of a row, joined where they were set apart.

use std::ops::Range;

use super::{
    super::number::{self, Amount, Numbers},
    Token, height,
};

/// See [`super::View::amount_at`].
pub(in super::super) fn amount_in(
    tokens: &[Token],
    at: usize,
    numbers: Numbers,
) -> Option<(Amount, Range<usize>)> {
    let token = tokens.get(at)?;
    let next = tokens.get(at + 1);
    let near = |other: &Token| other.bounds.x0 - token.bounds.x1 < height(&token.bounds) * 0.8;
    let starts_money =
        |text: &str| text.starts_with(|c: char| c.is_ascii_digit() || "-+*₺$€£(−".contains(c));
    // `1.355.846, 76`
    if let Some(next) = next
        && token.text.ends_with([',', '.'])
        && starts_money(&token.text)
        && next.text.len() >= 2
        && next.text.bytes().take(2).all(|b| b.is_ascii_digit())
        && next.text.trim_end_matches(char::is_alphabetic).len() == 2
        && near(next)
        && let Some(amount) = numbers.read(&format!("{}{}", token.text, next.text))
    {
        return Some((with_currency(amount, tokens.get(at + 2)), at..at + 2));
    }
    // `1 234,56`: only where the parts are near and cannot be read otherwise.
    if let Some(next) = next
        && (1..=3).contains(&token.text.trim_start_matches('-').len())
        && token.text.trim_start_matches('-').bytes().all(|b| b.is_ascii_digit())
        && next.text.len() >= 6
        && next.text.bytes().take(3).all(|b| b.is_ascii_digit())
        && next.text.as_bytes().get(3).is_some_and(|b| matches!(b, b',' | b'.'))
        && next.bounds.x0 - token.bounds.x1 < height(&token.bounds) * 0.35
        && token.cell == next.cell
        && let Some(amount) = numbers.read(&format!("{} {}", token.text, next.text))
    {
        return Some((with_currency(amount, tokens.get(at + 2)), at..at + 2));
    }
    // A currency as a word before the digits.
    if let Some(next) = next
        && let Some(code) = number::currency(&token.text)
        && near(next)
        && let Some(amount) = numbers.read(&next.text)
        && amount.currency.is_none()
    {
        return Some((Amount { currency: Some(code), money_like: true, ..amount }, at..at + 2));
    }
    // A sign on its own before the digits.
    if let Some(next) = next
        && matches!(token.text.as_str(), "-" | "−" | "–" | "+" | "*")
        && near(next)
        && let Some(amount) = numbers.read(&format!("{}{}", token.text, next.text))
    {
        return Some((with_currency(amount, tokens.get(at + 2)), at..at + 2));
    }
    let amount = numbers.read(&token.text)?;
    // A sign behind, set apart.
    if let Some(next) = next
        && matches!(next.text.as_str(), "-" | "−")
        && !amount.signed
        && next.cell == token.cell
        && near(next)
        && tokens.get(at + 2).is_none_or(|after| after.cell != token.cell)
    {
        let amount = Amount { value: -amount.value, signed: true, ..amount };
        return Some((amount, at..at + 2));
    }
    Some((with_currency(amount, next), at..at + 1))
}

fn with_currency(amount: Amount, next: Option<&Token>) -> Amount {
    match next.and_then(|token| number::currency(&token.text)) {
        Some(currency) if amount.currency.is_none() => {
            Amount { currency: Some(currency), money_like: true, ..amount }
        }
        _ => amount,
    }
}
