//! The JSON API: reading and writing objects.
//!
//! Source: Cloud Storage JSON API v1, "Objects: get" and "Objects: insert".

use std::{
    collections::HashMap,
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    sync::Arc,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use futures::{StreamExt, stream};
use http_body_util::BodyExt as _;
use hyper::{
    Method, Request, Response,
    body::{Frame, Incoming},
};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::{
    Body, body, multipart,
    objects::{Objects, Refusal, Stored},
    streamed,
};

pub(super) async fn answer(objects: Arc<Objects>, request: Request<Incoming>) -> Response<Body> {
    let path = request.uri().path().to_owned();
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let refusal = match (request.method(), segments.as_slice()) {
        (&Method::GET, ["storage", "v1", "b", bucket, "o", name]) => {
            match objects.admit(request.headers(), bucket) {
                Ok(()) => return read(&objects, name, &request),
                Err(refusal) => refusal,
            }
        }
        (&Method::POST, ["upload", "storage", "v1", "b", bucket, "o"]) => {
            match objects.admit(request.headers(), bucket) {
                Ok(()) => return write(&objects, request).await,
                Err(refusal) => {
                    // What is still coming is taken, or the answer could be lost.
                    let _ = request.into_body().collect().await;
                    refusal
                }
            }
        }
        _ => return error(400, "invalid", "unknown request"),
    };
    refused(refusal)
}

fn refused(refusal: Refusal) -> Response<Body> {
    match refusal {
        Refusal::NoToken => error(401, "required", "Anonymous caller does not have access."),
        Refusal::NoBucket => error(404, "notFound", "The specified bucket does not exist."),
        Refusal::NoObject => error(404, "notFound", "No such object."),
        Refusal::Condition => error(412, "conditionNotMet", "At least one condition did not hold."),
    }
}

fn error(status: u16, reason: &str, message: &str) -> Response<Body> {
    let answer = json!({"error": {
        "code": status, "message": message,
        "errors": [{"message": message, "domain": "global", "reason": reason}],
    }});
    respond(status, &[("content-type", "application/json")], body(answer.to_string()))
}

fn respond(status: u16, headers: &[(&str, &str)], body: Body) -> Response<Body> {
    let builder =
        headers.iter().fold(Response::builder().status(status), |builder, (name, value)| {
            builder.header(*name, *value)
        });
    builder.body(body).unwrap_or_default()
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn query(request: &Request<Incoming>) -> HashMap<String, String> {
    let pairs = request.uri().query().unwrap_or_default().split('&');
    pairs
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decoded(name), decoded(&value.replace('+', " "))))
        .collect()
}

fn condition(query: &HashMap<String, String>) -> Option<i64> {
    query.get("ifGenerationMatch").and_then(|text| text.parse().ok())
}

fn read(objects: &Objects, name: &str, request: &Request<Incoming>) -> Response<Body> {
    let object = match objects.get(&decoded(name), condition(&query(request))) {
        Ok(object) => object,
        Err(refusal) => return refused(refusal),
    };
    let range = request.headers().get("range").and_then(|value| value.to_str().ok());
    let from = match range.map(|text| text.trim_start_matches("bytes=").trim_end_matches('-')) {
        None => 0,
        Some(from) => match from.parse::<u64>() {
            Ok(from) if from < object.size => from,
            _ => return error(416, "requestedRangeNotSatisfiable", "The range is not there."),
        },
    };
    let Ok(content) = content(&object, from) else {
        return error(500, "backendError", "The content cannot be read.");
    };
    let hash = format!("crc32c={}", STANDARD.encode(object.crc32c.to_be_bytes()));
    let (generation, size) = (object.generation.to_string(), object.size.to_string());
    let (length, range) = (
        (object.size - from).to_string(),
        format!("bytes {from}-{}/{}", object.size.saturating_sub(1), object.size),
    );
    let mut headers = vec![
        ("content-type", "application/octet-stream"),
        ("content-length", &length),
        ("x-goog-hash", &hash),
        ("x-goog-generation", &generation),
        ("x-goog-metageneration", "1"),
        ("x-goog-stored-content-length", &size),
        ("x-goog-stored-content-encoding", "identity"),
        ("x-goog-storage-class", "STANDARD"),
    ];
    if from > 0 {
        headers.push(("content-range", &range));
    }
    let named: Vec<_> = object
        .metadata
        .iter()
        .map(|(name, value)| (format!("x-goog-meta-{name}"), value.clone()))
        .collect();
    headers.extend(named.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    respond(if from > 0 { 206 } else { 200 }, &headers, content)
}

fn content(object: &Stored, from: u64) -> io::Result<Body> {
    let mut file = std::fs::File::open(&object.path)?;
    file.seek(SeekFrom::Start(object.start + from))?;
    let rest = file.take(object.size - from);
    let frames = stream::try_unfold(rest, async |rest| {
        tokio::task::spawn_blocking(move || {
            let mut rest = rest;
            let mut piece = vec![0; 256 * 1024];
            let read = rest.read(&mut piece)?;
            piece.truncate(read);
            Ok((read > 0).then(|| (Frame::data(Bytes::from(piece)), rest)))
        })
        .await
        .map_err(io::Error::other)?
    });
    Ok(streamed(frames.boxed()))
}

async fn write(objects: &Objects, request: Request<Incoming>) -> Response<Body> {
    let query = query(&request);
    let boundary = request
        .headers()
        .get("content-type")
        .and_then(|value| value.to_str().ok()?.split_once("boundary="))
        .map(|(_, boundary)| boundary.trim_matches('"').to_owned());
    let (Some("multipart"), Some(name), Some(boundary)) =
        (query.get("uploadType").map(String::as_str), query.get("name"), boundary)
    else {
        return error(400, "invalid", "only uploadType=multipart with a name is served");
    };
    let Ok((path, mut file)) = objects.create_file() else {
        return error(500, "backendError", "The content cannot be written.");
    };
    let mut incoming = request.into_body();
    while let Some(frame) = incoming.frame().await {
        let Ok(frame) = frame else {
            let _ = std::fs::remove_file(&path);
            return error(400, "invalid", "the body was cut");
        };
        if let Some(data) = frame.data_ref()
            && file.write_all(data).is_err()
        {
            return error(500, "backendError", "The content cannot be written.");
        }
    }
    drop(file);
    let stored = tokio::task::spawn_blocking(move || take_in(path, &boundary)).await;
    let object = match stored {
        Ok(Ok(object)) => object,
        Ok(Err(what)) => return error(400, "invalid", what),
        Err(_) => return error(500, "backendError", "The content cannot be read."),
    };
    let metadata = object.metadata.clone();
    match objects.put(name, object, condition(&query)) {
        Ok(object) => {
            let answer = json!({
                "kind": "storage#object", "name": name, "metadata": metadata,
                "generation": object.generation.to_string(), "metageneration": "1",
                "size": object.size.to_string(), "storageClass": "STANDARD",
                "crc32c": STANDARD.encode(object.crc32c.to_be_bytes()),
            });
            respond(200, &[("content-type", "application/json")], body(answer.to_string()))
        }
        Err(refusal) => refused(refusal),
    }
}

fn take_in(path: std::path::PathBuf, boundary: &str) -> Result<Stored, &'static str> {
    let mut file = std::fs::File::open(&path).map_err(|_| "the body is gone")?;
    let upload = multipart::parse(&mut file, boundary).map_err(|_| "the body is no upload")?;
    file.seek(SeekFrom::Start(upload.start)).map_err(|_| "the body is gone")?;
    let (mut crc32c, mut left) = (0, file.take(upload.size));
    let mut piece = vec![0; 256 * 1024];
    loop {
        match left.read(&mut piece) {
            Ok(0) => break,
            Ok(read) => crc32c = crc32c::crc32c_append(crc32c, &piece[..read]),
            Err(_) => return Err("the body cannot be read"),
        }
    }
    let expected = upload.resource.get("crc32c").and_then(Value::as_str);
    if expected.is_some_and(|expected| expected != STANDARD.encode(crc32c.to_be_bytes())) {
        return Err("the checksum does not match");
    }
    let metadata = upload
        .resource
        .get("metadata")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect();
    Ok(Stored { path, start: upload.start, size: upload.size, crc32c, generation: 0, metadata })
}
