//! Identifiers as the platform makes them: opaque text (today cuid v1), never parsed.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it stands in the database.
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            /// The text as it stands in the database.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Gives the text back.
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// An accounting office (`tenants.id`).
    TenantId
);
id!(
    /// A client company of an office (`client_companies.id`).
    ClientCompanyId
);
id!(
    /// An uploaded document (`documents.id`).
    DocumentId
);
id!(
    /// A job of any queue.
    JobId
);
id!(
    /// An invoice in the books (`invoices.id`).
    InvoiceId
);
id!(
    /// A person (`users.id`).
    UserId
);
