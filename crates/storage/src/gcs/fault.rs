//! The SDK's errors as faults: by HTTP status or gRPC code. Both say "not found" of objects and of
//! buckets with the same code, so which one it is depends on the request.

use std::error::Error as _;

use google_cloud_gax::error::{CredentialsError, Error, rpc::Code};
use google_cloud_storage::error::{ReadError, WriteError};

use crate::cloud::service::{Fault, retry_after};

/// Of a read, which may be of one version only.
pub(super) fn of_get(error: &Error) -> Fault {
    match (error.http_status_code(), code(error)) {
        (Some(412 | 416), _) | (_, Some(Code::FailedPrecondition | Code::OutOfRange)) => {
            Fault::Changed
        }
        _ => of(error),
    }
}

/// Of a body under way.
pub(super) fn of_body(error: &Error) -> Fault {
    match cause::<ReadError>(error) {
        Some(ReadError::ChecksumMismatch(_)) => Fault::Corrupt,
        // Too much is counted by the reader, too little is resumed.
        Some(_) => Fault::broken("the body is not as announced"),
        None => of(error),
    }
}

/// Of a write, which may have a condition. Nothing but the bucket can be missing.
pub(super) fn of_put(error: &Error) -> Fault {
    if cause::<WriteError>(error)
        .is_some_and(|cause| matches!(cause, WriteError::ChecksumMismatch { .. }))
    {
        return Fault::broken("the checksum did not arrive as it was sent");
    }
    match (error.http_status_code(), code(error)) {
        (Some(412), _) | (_, Some(Code::FailedPrecondition)) => Fault::Exists,
        _ => of_list(error),
    }
}

/// Of a listing: nothing but the bucket can be missing.
pub(super) fn of_list(error: &Error) -> Fault {
    match of(error) {
        Fault::Missing => Fault::MissingBucket,
        fault => fault,
    }
}

/// Of any request.
pub(super) fn of(error: &Error) -> Fault {
    if let Some(status) = error.http_status_code() {
        let headers = error.http_headers();
        let after = headers.and_then(|all| all.get("retry-after")?.to_str().ok());
        return Fault::of_status(status, None, retry_after(after));
    }
    if let Some(code) = code(error) {
        return of_code(code);
    }
    if error.is_timeout() {
        return Fault::timed_out("no answer in time");
    }
    if error.is_authentication() {
        let may_pass = cause::<CredentialsError>(error).is_some_and(CredentialsError::is_transient);
        return if may_pass {
            Fault::broken("the server of tokens cannot be reached")
        } else {
            Fault::Denied("no token for this account".to_owned())
        };
    }
    if error.is_binding() {
        return Fault::Refused("the request could not be made".to_owned());
    }
    Fault::broken("the connection could not be made or broke")
}

fn of_code(code: Code) -> Fault {
    let name = code.name().to_owned();
    match code {
        Code::NotFound => Fault::Missing,
        Code::Unauthenticated | Code::PermissionDenied => Fault::Denied(name),
        Code::DeadlineExceeded => Fault::timed_out(name),
        Code::InvalidArgument
        | Code::FailedPrecondition
        | Code::OutOfRange
        | Code::Unimplemented => Fault::Refused(name),
        // Unavailable, ResourceExhausted, Aborted, Internal, and what the connection's end becomes.
        _ => Fault::Passing { kind: std::io::ErrorKind::Other, cause: name, after: None },
    }
}

fn code(error: &Error) -> Option<Code> {
    error.status().map(|status| status.code)
}

fn cause<E: std::error::Error + 'static>(error: &Error) -> Option<&E> {
    let mut next = error.source();
    while let Some(source) = next {
        if let Some(found) = source.downcast_ref() {
            return Some(found);
        }
        next = source.source();
    }
    None
}
