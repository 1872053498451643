//! From what went wrong to what becomes of the job: whether another attempt makes sense, a Turkish
//! sentence for the accountant, and a technical text without anything of the document in it.

use doc_pipeline::ReadError;
use jobs_core::{Failure, Retry};
use storage::{InvalidKey, StorageError};
use tracing::{error, warn};

use crate::telemetry;

/// A cause is read by people and stored with the job: no library may make it as long as a document.
const LONGEST_CAUSE: usize = 2_000;

/// The error and its causes, cut where nobody would read on.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = telemetry::chain(error);
    if let Some((end, _)) = text.char_indices().nth(LONGEST_CAUSE) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// The object could not be fetched.
pub(crate) fn of_storage(error: &StorageError) -> Failure {
    let sentence = match error {
        // The upload may still be under way, or the volume not mounted yet: worth another attempt.
        StorageError::NotFound { .. } => {
            return Failure::retryable(
                "Belgenin dosyası depoda bulunamadı; belgeyi yeniden yükleyin.",
                chain(error),
            );
        }
        StorageError::TooLarge { .. } => {
            "Dosya izin verilen boyuttan büyük; belgeyi bölerek veya küçülterek yükleyin."
        }
        StorageError::InvalidKey(_) => {
            "Belgenin dosya yolu geçersiz; belgeyi yeniden yükleyin, sorun sürerse sistem yöneticinize bildirin."
        }
        StorageError::Denied { .. }
        | StorageError::BucketMissing { .. }
        | StorageError::AlreadyExists { .. }
        | StorageError::Corrupt { .. }
        | StorageError::OutOfSpace
        | StorageError::Misconfigured(_)
        | StorageError::Transient { .. } => {
            return Failure::retryable(
                "Belgenin dosyasına şu anda erişilemiyor; daha sonra yeniden deneyin, sorun sürerse sistem yöneticinize bildirin.",
                chain(error),
            );
        }
    };
    Failure::permanent(sentence, chain(error))
}

/// The path of the object is none.
pub(crate) fn of_key(error: InvalidKey) -> Failure {
    of_storage(&StorageError::InvalidKey(error))
}

/// The document could not be read.
pub(crate) fn of_reading(error: &ReadError) -> Failure {
    let (sentence, technical) = (doc_pipeline::message::for_error(error), chain(error));
    if error.is_retryable() {
        Failure::retryable(sentence, technical)
    } else {
        Failure::permanent(sentence, technical)
    }
}

/// The database did not take the result, or did not give what was needed.
pub(crate) fn of_database(error: &(dyn std::error::Error + 'static)) -> Failure {
    Failure::retryable(
        "Belgenin sonucu şu anda kaydedilemedi; daha sonra yeniden deneyin, sorun sürerse sistem yöneticinize bildirin.",
        chain(error),
    )
}

/// A company's risk could not be calculated for a reason that may pass.
pub(crate) fn of_risk(mut technical: String) -> Failure {
    if let Some((end, _)) = technical.char_indices().nth(LONGEST_CAUSE) {
        technical.truncate(end);
        technical.push('…');
    }
    Failure::retryable(
        "Firmanın risk hesabı bugün yapılamadı; yarın yeniden yapılacak, sorun sürerse sistem yöneticinize bildirin.",
        technical,
    )
}

/// The books of a company hold something that no calculation should be based on.
pub(crate) fn of_books(error: &(dyn std::error::Error + 'static)) -> Failure {
    Failure::permanent(
        "Firmanın kayıtlarında okunamayan bir tutar veya para birimi var; kaydı düzeltin, hesap yarın yeniden yapılacak.",
        chain(error),
    )
}

/// Writes a failed attempt to the log.
pub(crate) fn say(failure: &Failure, is_last: bool, what: &'static str) {
    let (cause, user_message) = (failure.technical.as_str(), failure.user_message.as_str());
    if failure.retry == Retry::Never || is_last {
        error!(error = cause, user_message, "{what}");
    } else {
        warn!(error = cause, "{what}; it will be tried again");
    }
}

#[cfg(test)]
mod tests {
    use doc_pipeline::{Limit, ReadError};
    use domain::TenantId;
    use jobs_core::Retry;
    use storage::{StorageError, TenantScope};

    use super::{of_reading, of_storage};

    #[test]
    fn what_may_pass_is_tried_again_and_what_stays_is_not() {
        let key = TenantScope::new(&TenantId::new("t")).unwrap().key("a").unwrap();
        let transient = || StorageError::Transient {
            what: "t/a".to_owned(),
            source: std::io::Error::other("connection reset"),
        };
        for (error, retry) in [
            (StorageError::NotFound { key: key.clone() }, Retry::Backoff),
            (StorageError::Denied { what: "t/a".into(), reason: "link".into() }, Retry::Backoff),
            (transient(), Retry::Backoff),
            (StorageError::TooLarge { key, limit: 1 }, Retry::Never),
            (StorageError::InvalidKey(storage::InvalidKey::DotSegment), Retry::Never),
        ] {
            assert_eq!(of_storage(&error).retry, retry, "{error}");
        }
        assert!(of_storage(&transient()).technical.ends_with("connection reset"));
        let endless = ReadError::Corrupt("ş".repeat(1_800_000));
        assert_eq!(of_reading(&endless).technical.chars().count(), 2_001);
        for (error, retry) in [
            (ReadError::Encrypted, Retry::Never),
            (ReadError::Corrupt("xref".to_owned()), Retry::Never),
            (ReadError::LimitExceeded(Limit::Cpu), Retry::Never),
            (ReadError::LimitExceeded(Limit::Wall), Retry::Backoff),
            (ReadError::ProcessFailed("killed".to_owned()), Retry::Backoff),
        ] {
            assert_eq!(of_reading(&error).retry, retry, "{error}");
        }
    }
}
