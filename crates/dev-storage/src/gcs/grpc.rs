//! The gRPC service `google.storage.v2.Storage`: what is known of objects, listing, deleting.
//!
//! Source: googleapis, `google/storage/v2/storage.proto` (numbers of the fields) and "gRPC over HTTP2"
//! (frames and trailers).

use std::{collections::HashMap, sync::Arc};

use bytes::{BufMut as _, Bytes, BytesMut};
use futures::{StreamExt, stream};
use http_body_util::BodyExt as _;
use hyper::{
    HeaderMap, Request, Response,
    body::{Frame, Incoming},
    header::HeaderValue,
};
use prost::Message;

use super::{
    Body, body,
    objects::{Objects, Refusal, Stored},
    streamed,
};

#[derive(Clone, PartialEq, Message)]
struct ListObjectsRequest {
    #[prost(string, tag = "1")]
    parent: String,
    #[prost(int32, tag = "2")]
    page_size: i32,
    #[prost(string, tag = "3")]
    page_token: String,
    #[prost(string, tag = "6")]
    prefix: String,
}

#[derive(Clone, PartialEq, Message)]
struct ListObjectsResponse {
    #[prost(message, repeated, tag = "1")]
    objects: Vec<Object>,
    #[prost(string, tag = "3")]
    next_page_token: String,
}

/// Of `GetObjectRequest` and `DeleteObjectRequest`, which begin alike.
#[derive(Clone, PartialEq, Message)]
struct ObjectRequest {
    #[prost(string, tag = "1")]
    bucket: String,
    #[prost(string, tag = "2")]
    object: String,
}

#[derive(Clone, PartialEq, Message)]
struct Object {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    bucket: String,
    #[prost(int64, tag = "3")]
    generation: i64,
    #[prost(int64, tag = "4")]
    metageneration: i64,
    #[prost(int64, tag = "6")]
    size: i64,
    #[prost(map = "string, string", tag = "22")]
    metadata: HashMap<String, String>,
}

/// Codes of gRPC.
const INVALID_ARGUMENT: u8 = 3;
const NOT_FOUND: u8 = 5;
const FAILED_PRECONDITION: u8 = 9;
const UNIMPLEMENTED: u8 = 12;
const UNAUTHENTICATED: u8 = 16;

pub(super) async fn answer(objects: Arc<Objects>, request: Request<Incoming>) -> Response<Body> {
    let (parts, incoming) = request.into_parts();
    let Ok(bytes) = incoming.collect().await.map(http_body_util::Collected::to_bytes) else {
        return status(INVALID_ARGUMENT);
    };
    // A flag and a length go before each message.
    let message = bytes.get(5..).unwrap_or_default();
    let Some(method) = parts.uri.path().strip_prefix("/google.storage.v2.Storage/") else {
        return status(UNIMPLEMENTED);
    };
    let outcome = match method {
        "ListObjects" => list(&objects, &parts.headers, message).map(|list| list.encode_to_vec()),
        "GetObject" => get(&objects, &parts.headers, message).map(|object| object.encode_to_vec()),
        "DeleteObject" => delete(&objects, &parts.headers, message).map(|()| Vec::new()),
        _ => Err(UNIMPLEMENTED),
    };
    match outcome {
        Ok(message) => reply(&message),
        Err(code) => status(code),
    }
}

fn code(refusal: Refusal) -> u8 {
    match refusal {
        Refusal::NoToken => UNAUTHENTICATED,
        Refusal::NoBucket | Refusal::NoObject => NOT_FOUND,
        Refusal::Condition => FAILED_PRECONDITION,
    }
}

fn decode<M: Message + Default>(message: &[u8]) -> Result<M, u8> {
    M::decode(message).map_err(|_| INVALID_ARGUMENT)
}

fn admit(objects: &Objects, headers: &HeaderMap, resource: &str) -> Result<(), u8> {
    let bucket = resource.strip_prefix("projects/_/buckets/").ok_or(INVALID_ARGUMENT)?;
    objects.admit(headers, bucket).map_err(code)
}

fn object(name: &str, bucket: &str, stored: Stored) -> Object {
    Object {
        name: name.to_owned(),
        bucket: bucket.to_owned(),
        generation: stored.generation,
        metageneration: 1,
        size: i64::try_from(stored.size).unwrap_or_default(),
        metadata: stored.metadata,
    }
}

fn list(objects: &Objects, headers: &HeaderMap, message: &[u8]) -> Result<ListObjectsResponse, u8> {
    let request: ListObjectsRequest = decode(message)?;
    admit(objects, headers, &request.parent)?;
    let limit = usize::try_from(request.page_size).unwrap_or_default();
    let limit = if limit == 0 { 1_000 } else { limit.min(1_000) };
    let (found, more) = objects.list(&request.prefix, &request.page_token, limit);
    let next = found.last().filter(|_| more).map(|(name, _)| name.clone());
    let objects =
        found.into_iter().map(|(name, stored)| object(&name, &request.parent, stored)).collect();
    Ok(ListObjectsResponse { objects, next_page_token: next.unwrap_or_default() })
}

fn get(objects: &Objects, headers: &HeaderMap, message: &[u8]) -> Result<Object, u8> {
    let request: ObjectRequest = decode(message)?;
    admit(objects, headers, &request.bucket)?;
    let stored = objects.get(&request.object, None).map_err(code)?;
    Ok(object(&request.object, &request.bucket, stored))
}

fn delete(objects: &Objects, headers: &HeaderMap, message: &[u8]) -> Result<(), u8> {
    let request: ObjectRequest = decode(message)?;
    admit(objects, headers, &request.bucket)?;
    objects.delete(&request.object).map_err(code)
}

fn reply(message: &[u8]) -> Response<Body> {
    let mut framed = BytesMut::with_capacity(message.len() + 5);
    framed.put_u8(0);
    framed.put_u32(u32::try_from(message.len()).unwrap_or_default());
    framed.put_slice(message);
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static("0"));
    let frames: Vec<std::io::Result<Frame<Bytes>>> =
        vec![Ok(Frame::data(framed.freeze())), Ok(Frame::trailers(trailers))];
    Response::builder()
        .header("content-type", "application/grpc")
        .body(streamed(stream::iter(frames).boxed()))
        .unwrap_or_default()
}

fn status(code: u8) -> Response<Body> {
    Response::builder()
        .header("content-type", "application/grpc")
        .header("grpc-status", u16::from(code))
        .body(body(Bytes::new()))
        .unwrap_or_default()
}
