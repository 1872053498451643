//! Documents: their results, written in the transaction that completes the job.

mod completion;
mod fingerprint;
mod results;
pub(crate) mod storable;

pub(crate) use completion::score_word;
pub use completion::{Completed, complete_document};
pub use fingerprint::{DuplicateDocument, Duplicates, Fingerprint};
pub(crate) use results::stored_score;
pub use results::{FeatureResult, ParsedResult, Results, ScoredWith, TextResult};
