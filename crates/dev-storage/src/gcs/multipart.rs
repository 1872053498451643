//! The body of an upload: `multipart/related` with metadata, content, and, when the sender hashed while
//! sending, checksums after it.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
};

use serde_json::Value;

/// Nothing but the content is longer.
const LONGEST_REST: u64 = 16 * 1024;

/// What an upload holds.
#[derive(Debug)]
pub(super) struct Upload {
    /// Where the content lies in the file.
    pub(super) start: u64,
    /// Its length.
    pub(super) size: u64,
    /// The first part, and the last one merged into it.
    pub(super) resource: Value,
}

/// Takes the file of a whole body apart.
pub(super) fn parse(file: &mut File, boundary: &str) -> io::Result<Upload> {
    let wrong = || io::Error::from(io::ErrorKind::InvalidData);
    let length = file.metadata()?.len();
    let delimiter = format!("--{boundary}");
    let head = read(file, 0, length.min(LONGEST_REST))?;
    let mut at = find(&head, delimiter.as_bytes()).ok_or_else(wrong)? + delimiter.len();
    let first = part(&head, &mut at).ok_or_else(wrong)?;
    let end = at + find(&head[at..], delimiter.as_bytes()).ok_or_else(wrong)?;
    let mut resource: Value =
        serde_json::from_slice(head[first..end].trim_ascii()).map_err(|_| wrong())?;
    at = end + delimiter.len();
    let start = part(&head, &mut at).ok_or_else(wrong)? as u64;

    let tail_at = length.saturating_sub(LONGEST_REST).max(start);
    let tail = read(file, tail_at, length - tail_at)?;
    let line = format!("\r\n{delimiter}");
    let marks: Vec<usize> = tail
        .windows(line.len())
        .enumerate()
        .filter(|(_, window)| *window == line.as_bytes())
        .map(|(at, _)| at)
        .collect();
    let content_end = match marks.as_slice() {
        [end] => *end,
        [.., end, last] => {
            let mut at = end + line.len();
            let from = part(&tail, &mut at).ok_or_else(wrong)?;
            let sums: Value =
                serde_json::from_slice(tail[from..*last].trim_ascii()).map_err(|_| wrong())?;
            if let (Some(resource), Some(sums)) = (resource.as_object_mut(), sums.as_object()) {
                resource.extend(sums.clone());
            }
            *end
        }
        [] => return Err(wrong()),
    };
    Ok(Upload { start, size: tail_at + content_end as u64 - start, resource })
}

/// Where the content of the part begins whose headers begin at `at`.
fn part(bytes: &[u8], at: &mut usize) -> Option<usize> {
    let end = find(bytes.get(*at..)?, b"\r\n\r\n")?;
    *at += end + 4;
    Some(*at)
}

fn read(file: &mut File, at: u64, length: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn upload(text: &str) -> io::Result<Upload> {
        let mut file = tempfile::tempfile()?;
        file.write_all(text.as_bytes())?;
        parse(&mut file, "b")
    }

    #[test]
    fn two_or_three_parts() {
        let two = "--b\r\nContent-Type: application/json\r\n\r\n{\"a\":1}\r\n--b\r\nX: y\r\n\r\ncontent\r\n--b--\r\n";
        let parsed = upload(two).unwrap();
        assert_eq!((parsed.size, &parsed.resource["a"]), (7, &Value::from(1)));
        assert_eq!(&two[usize::try_from(parsed.start).unwrap()..][..7], "content");
        let three = "--b\r\nA: b\r\n\r\n{\"a\":1}\r\n--b\r\nX: y\r\n\r\n\r\n--b\r\nA: b\r\n\r\n{\"crc32c\":\"AAAAAA==\"}\r\n--b--\r\n";
        let parsed = upload(three).unwrap();
        assert_eq!((parsed.size, &parsed.resource["crc32c"]), (0, &Value::from("AAAAAA==")));
    }

    #[test]
    fn a_cut_upload_is_none() {
        assert!(upload("--b\r\nA: b\r\n\r\n{\"a\":1}\r\n--b\r\nX: y\r\n\r\ncont").is_err());
    }
}
