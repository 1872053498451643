//! The consent: whether it stands, and until when.

use chrono::{DateTime, TimeDelta, Utc};

use super::Ohvps;
use crate::{error::ConnectorError, page::Warning, values};

/// How early its end is told.
const EARLY: TimeDelta = TimeDelta::days(14);

impl Ohvps {
    /// When the consent ends; an error where it has, or never began.
    pub(super) async fn check_consent(&self) -> Result<DateTime<Utc>, ConnectorError> {
        let what = "hesap-bilgisi-rizasi";
        let answer = match self.get(&[what, &self.consent], &[]).await? {
            Ok(response) => response.into_json(),
            Err(refusal) => return Err(refusal.into_error(what)),
        };
        let state = answer.get("rzBlg").and_then(|consent| values::text(consent, "rizaDrm"));
        match state {
            // Authorised, or used for a token since.
            Some("Y" | "K") => {}
            Some("I" | "S") => {
                return Err(ConnectorError::ConsentExpired {
                    detail: "rizaDrm says cancelled or ended".to_owned(),
                });
            }
            Some("B") => {
                return Err(ConnectorError::config(
                    "the consent waits for the account holder",
                    "Banka izni hesap sahibinin onayını bekliyor; onayı tamamlayın.",
                ));
            }
            _ => return Err(ConnectorError::protocol("the consent has no known rizaDrm")),
        }
        let ends = answer
            .get("hspBlg")
            .and_then(|accounts| accounts.get("iznBlg"))
            .and_then(|permission| values::instant(permission, "erisimIzniSonTrh"))
            .ok_or_else(|| ConnectorError::protocol("the consent has no erisimIzniSonTrh"))?;
        if ends <= self.clock.now() {
            return Err(ConnectorError::ConsentExpired {
                detail: "erisimIzniSonTrh has passed".to_owned(),
            });
        }
        Ok(ends)
    }

    /// The warning of a consent that ends soon.
    pub(super) fn ends_soon(&self, ends: DateTime<Utc>) -> Option<Warning> {
        (ends - self.clock.now() < EARLY).then_some(Warning::ConsentEnds { at: ends })
    }
}
