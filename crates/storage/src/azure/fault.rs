//! The SDK's errors as faults: by HTTP status and the code in `x-ms-error-code`.

use azure_core::{Error, error::ErrorKind, http::headers::HeaderName};

use crate::cloud::service::{Fault, retry_after};

/// Of a read, which may be of one version only.
pub(super) fn of_get(error: &Error) -> Fault {
    match status_and_code(error) {
        // 416: the rest of a version that has become shorter.
        Some((412 | 416, _)) => Fault::Changed,
        _ => of(error),
    }
}

/// Of a write, which may have a condition.
pub(super) fn of_put(error: &Error) -> Fault {
    match status_and_code(error) {
        Some((412, _) | (409, Some("BlobAlreadyExists"))) => Fault::Exists,
        Some((400, Some("Md5Mismatch" | "Crc64Mismatch"))) => {
            Fault::broken("the checksum did not arrive as it was sent")
        }
        _ => of(error),
    }
}

/// Of any request.
pub(super) fn of(error: &Error) -> Fault {
    match status_and_code(error) {
        Some((404, Some("ContainerNotFound")) | (409, Some("ContainerBeingDeleted"))) => {
            Fault::MissingBucket
        }
        Some((409, code @ Some("OperationTimedOut" | "ServerBusy"))) => {
            Fault::of_status(503, code, None)
        }
        Some((status, code)) => Fault::of_status(status, code, wait(error)),
        None => without_answer(error),
    }
}

fn status_and_code(error: &Error) -> Option<(u16, Option<&str>)> {
    match error.kind() {
        ErrorKind::HttpResponse { status, error_code, .. } => {
            Some((u16::from(*status), error_code.as_deref()))
        }
        _ => None,
    }
}

fn wait(error: &Error) -> Option<std::time::Duration> {
    let ErrorKind::HttpResponse { raw_response: Some(answer), .. } = error.kind() else {
        return None;
    };
    retry_after(answer.headers().get_optional_str(&HeaderName::from_static("retry-after")))
}

fn without_answer(error: &Error) -> Fault {
    match error.kind() {
        ErrorKind::Credential => without_token(error),
        ErrorKind::Connection => Fault::broken("no connection"),
        // The text may hold the address with its SAS.
        ErrorKind::Io | ErrorKind::DataConversion => Fault::broken("the connection broke"),
        _ => Fault::broken("the request could not be made or its answer not read"),
    }
}

/// The identity's server refused, or could not be asked.
fn without_token(error: &Error) -> Fault {
    let denied = || Fault::Denied("no token for this identity".to_owned());
    let mut next = std::error::Error::source(error);
    while let Some(source) = next {
        match source.downcast_ref::<Error>().map(Error::kind) {
            Some(ErrorKind::HttpResponse { status, .. }) => {
                return match u16::from(*status) {
                    // 410 while the machine's service is renewed.
                    408 | 410 | 429 | 500..=599 => Fault::broken("the identity's server is busy"),
                    _ => denied(),
                };
            }
            Some(ErrorKind::Io | ErrorKind::Connection) => {
                return Fault::broken("the identity's server cannot be reached");
            }
            _ => next = source.source(),
        }
    }
    denied()
}
