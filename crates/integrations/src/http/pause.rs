//! How long a source asks to wait: `Retry-After` (seconds or a date, RFC 9110 10.2.3) and
//! `X-RateLimit-Reset` (seconds in ÖHVPS and GoCardless, an epoch elsewhere).

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::Response;

/// The longest pause that is believed: a daily quota.
const LONGEST: Duration = Duration::from_hours(24);
/// Beyond this a number is an epoch and no length of time.
const EPOCHS_FROM: i64 = 1_000_000_000;

/// The pause that the answer asks for, by its own clock where it names an instant.
pub(super) fn stated(response: &Response) -> Option<Duration> {
    let now = response.header("date").and_then(parse_date);
    [
        "retry-after",
        "x-ratelimit-reset",
        "http_x_ratelimit_account_success_reset",
        "http_x_ratelimit_reset",
    ]
    .into_iter()
    .filter_map(|name| pause(response.header(name)?, now))
    .max()
}

fn pause(text: &str, now: Option<DateTime<Utc>>) -> Option<Duration> {
    let text = text.trim();
    let seconds = match text.parse::<i64>() {
        Ok(epoch) if epoch >= EPOCHS_FROM => epoch - now?.timestamp(),
        Ok(seconds) => seconds,
        Err(_) => (parse_date(text)? - now?).num_seconds(),
    };
    // Zero and the past mean "now", which a limited source does not mean.
    let seconds = u64::try_from(seconds).unwrap_or(0).max(1);
    Some(Duration::from_secs(seconds).min(LONGEST))
}

fn parse_date(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(text.trim()).ok().map(|date| date.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_seconds_dates_and_epochs() {
        let now = parse_date("Sun, 01 Mar 2026 10:00:00 GMT");
        assert!(now.is_some());
        let seconds = |text: &str| pause(text, now).map(|pause| pause.as_secs());
        assert_eq!(seconds("30"), Some(30));
        assert_eq!(seconds("0"), Some(1));
        assert_eq!(seconds("Sun, 01 Mar 2026 10:02:00 GMT"), Some(120));
        assert_eq!(seconds("Sun, 01 Mar 2026 09:00:00 GMT"), Some(1));
        assert_eq!(seconds("1772359260"), Some(60));
        assert_eq!(seconds("999999999"), Some(24 * 3600));
        assert_eq!(seconds("soon"), None);
        assert_eq!(pause("1772359260", None), None, "an instant means nothing without a clock");
    }
}
