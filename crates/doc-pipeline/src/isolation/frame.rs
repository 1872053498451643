//! Length-framed content on pipes.

use std::io::{Error, ErrorKind, Read, Write};

use crate::{error::ReadError, extraction::Extraction};

/// Why no frame came.
#[derive(Debug)]
pub(super) enum FrameError {
    /// The other side closed the pipe.
    Ended,
    /// Longer than allowed.
    TooLong,
    /// The pipe failed.
    Io(Error),
}

/// Size of the context that goes before the document.
pub(super) const CONTEXT_BYTES: u64 = 1 << 20;

/// What comes back.
pub(super) type Answer = Result<Extraction, ReadError>;

pub(super) fn write(to: &mut impl Write, content: &[u8]) -> std::io::Result<()> {
    let length = u32::try_from(content.len())
        .map_err(|_| Error::new(ErrorKind::InvalidInput, "a frame is longer than 4 GiB"))?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(content)?;
    to.flush()
}

pub(super) fn read(from: &mut impl Read, most: u64) -> Result<Vec<u8>, FrameError> {
    let ended = |error: Error| match error.kind() {
        ErrorKind::UnexpectedEof => FrameError::Ended,
        _ => FrameError::Io(error),
    };
    let mut length = [0; 4];
    from.read_exact(&mut length).map_err(ended)?;
    let length = u64::from(u32::from_le_bytes(length));
    if length > most {
        return Err(FrameError::TooLong);
    }
    // Grows with what arrives: a length alone reserves nothing.
    let mut content = Vec::new();
    from.take(length).read_to_end(&mut content).map_err(FrameError::Io)?;
    if (content.len() as u64) < length {
        return Err(FrameError::Ended);
    }
    Ok(content)
}
