//! The SDK's errors as faults: by HTTP status and S3's error code.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_s3::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
};

use crate::cloud::service::{Fault, retry_after};

/// Of a read, which may be of one version only.
pub(super) fn of_get<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Fault {
    match status(error) {
        // 416: the rest of a version that has become shorter.
        Some(412 | 416) => Fault::Changed,
        _ => of(error),
    }
}

/// Of a write, which may have a condition.
pub(super) fn of_put<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Fault {
    match (status(error), error.code()) {
        (Some(412), _) => Fault::Exists,
        // Two conditional writes at once: the other one may still fail.
        (Some(409), Some("ConditionalRequestConflict")) => {
            Fault::of_status(503, error.code(), None)
        }
        (
            Some(400),
            Some("BadDigest" | "XAmzContentSHA256Mismatch" | "XAmzContentChecksumMismatch"),
        ) => {
            // Spoilt on the way.
            Fault::broken("the checksum did not arrive as it was sent")
        }
        _ => of(error),
    }
}

/// Of any request.
pub(super) fn of<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Fault {
    let Some(answer) = error.raw_response() else {
        return without_answer(error);
    };
    let status = answer.status().as_u16();
    match (status, error.code()) {
        (404, Some("NoSuchBucket")) => Fault::MissingBucket,
        (404, _) => Fault::Missing,
        // An answer of success that could not be read is cut.
        (200..=299, _) => Fault::broken("the answer could not be read"),
        // S3 says some of what passes with 400.
        (400, Some("RequestTimeout" | "ExpiredToken" | "SlowDown" | "InternalError")) => {
            Fault::of_status(503, error.code(), None)
        }
        (status, code) => {
            Fault::of_status(status, code, retry_after(answer.headers().get("retry-after")))
        }
    }
}

fn status<E>(error: &SdkError<E, HttpResponse>) -> Option<u16> {
    error.raw_response().map(|answer| answer.status().as_u16())
}

fn without_answer<E>(error: &SdkError<E, HttpResponse>) -> Fault {
    match error {
        SdkError::TimeoutError(_) => Fault::timed_out("no answer in time"),
        SdkError::DispatchFailure(failure) => {
            let cause = failure.as_connector_error().and_then(Error::source);
            without_credentials(cause).unwrap_or_else(|| {
                if failure.is_timeout() {
                    Fault::timed_out("no connection or answer in time")
                } else if failure.is_user() {
                    Fault::Refused("the request could not be made".to_owned())
                } else {
                    Fault::broken("the connection could not be made or broke")
                }
            })
        }
        SdkError::ConstructionFailure(_) => {
            Fault::Refused("the request could not be made".to_owned())
        }
        _ => Fault::broken("the connection could not be made or broke"),
    }
}

/// When the request was not sent because the machine gave no credentials. Their server's own answer is
/// not told from its silence, so both may pass.
fn without_credentials(mut next: Option<&(dyn Error + 'static)>) -> Option<Fault> {
    while let Some(source) = next {
        if let Some(error) = source.downcast_ref::<CredentialsError>() {
            return Some(match error {
                CredentialsError::CredentialsNotLoaded(_)
                | CredentialsError::InvalidConfiguration(_) => {
                    Fault::Denied("this machine has no credentials".to_owned())
                }
                _ => Fault::broken("the machine's credentials could not be got"),
            });
        }
        next = source.source();
    }
    None
}
