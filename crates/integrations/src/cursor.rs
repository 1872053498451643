//! Where a pull stands: typed JSON of one connector and stream, with a version.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::registry::ConnectorCode;

/// An opaque position, to be stored as JSON per (integration, stream) together with the records that
/// it covers, and handed back as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    connector: ConnectorCode,
    version: u16,
    position: Value,
}

/// A connector's own position.
pub trait Position: Serialize + DeserializeOwned {
    /// Raised whenever old positions of this type cannot be read any more.
    const VERSION: u16;
}

impl Cursor {
    /// Wraps a connector's position.
    pub fn at<P: Position>(connector: ConnectorCode, position: &P) -> Self {
        // A position is a plain struct of texts, numbers and dates, so this cannot fail; if it did,
        // the cursor would be one that `position` does not read: the pull begins anew.
        let value = serde_json::to_value(position).unwrap_or(Value::Null);
        Self { connector, version: P::VERSION, position: value }
    }

    /// The position, if it is one of this connector and version. If not (another connector was chosen
    /// for the integration, an older worker wrote it), the pull begins anew: records are known again
    /// by their ids, so that costs time and nothing else.
    pub fn position<P: Position>(&self, connector: ConnectorCode) -> Option<P> {
        if self.connector != connector || self.version != P::VERSION {
            return None;
        }
        P::deserialize(&self.position).ok()
    }

    /// Whose it is.
    pub const fn connector(&self) -> ConnectorCode {
        self.connector
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Place {
        page: u32,
    }

    impl Position for Place {
        const VERSION: u16 = 2;
    }

    #[test]
    fn is_read_back_by_its_own_connector_and_version_only() {
        #[derive(Serialize, Deserialize)]
        struct Older {
            page: u32,
        }
        impl Position for Older {
            const VERSION: u16 = 1;
        }
        let cursor = Cursor::at(ConnectorCode::Nilvera, &Place { page: 7 });
        let stored = serde_json::to_string(&cursor).expect("plain data");
        let cursor: Cursor = serde_json::from_str(&stored).expect("as stored");
        assert_eq!(cursor.position::<Place>(ConnectorCode::Nilvera), Some(Place { page: 7 }));
        assert_eq!(cursor.position::<Place>(ConnectorCode::Parasut), None);
        let older = Cursor::at(ConnectorCode::Nilvera, &Older { page: 7 });
        assert_eq!(older.position::<Place>(ConnectorCode::Nilvera), None);
    }
}
