//! What the platform's pages read of the worker's results.

use anyhow::Result;
use serde_json::Value;

use super::Platform;

/// A line of the document list, with what its page shows.
#[derive(Debug)]
pub(crate) struct ResultRow {
    pub(crate) file_name: String,
    pub(crate) status: String,
    pub(crate) error: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) fields: Option<Value>,
    pub(crate) flags: Option<Value>,
    /// The score as the database prints it.
    pub(crate) score: Option<String>,
    pub(crate) severity: Option<String>,
}

/// A line of the alert list.
#[derive(Debug)]
pub(crate) struct Alert {
    pub(crate) severity: String,
    pub(crate) title: String,
    pub(crate) message: String,
    pub(crate) file_name: Option<String>,
}

/// How far the documents are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Progress {
    pub(crate) all: u64,
    pub(crate) processed: u64,
    pub(crate) failed: u64,
}

const RESULTS: &str = r#"
select d.original_file_name, d.status, d.processing_error_message,
       p.document_type, p.fields::text, f."riskFlags"::text, s.score::text, s.severity
from documents d
left join document_parsed_data p on p.document_id = d.id
left join document_risk_features f on f.document_id = d.id
left join document_risk_scores s on s.document_id = d.id
where d.tenant_id = $1 and not d.is_deleted
order by d.created_at, d.id
"#;

const ALERTS: &str = "
select a.severity, a.title, a.message, d.original_file_name
from risk_alerts a left join documents d on d.id = a.document_id
where a.tenant_id = $1 and a.status = 'open'
order by a.created_at, a.id
";

const PROGRESS: &str = "
select count(*), count(*) filter (where status = 'PROCESSED'), count(*) filter (where status = 'FAILED')
from documents
";

impl Platform {
    /// Every document of an office, in the order of the uploads.
    pub(crate) async fn results(&self, tenant: &str) -> Result<Vec<ResultRow>> {
        let rows = self.client().query(RESULTS, &[&tenant]).await?;
        rows.iter()
            .map(|row| {
                Ok(ResultRow {
                    file_name: row.try_get(0)?,
                    status: row.try_get(1)?,
                    error: row.try_get(2)?,
                    kind: row.try_get(3)?,
                    fields: json(row.try_get(4)?)?,
                    flags: json(row.try_get(5)?)?,
                    score: row.try_get(6)?,
                    severity: row.try_get(7)?,
                })
            })
            .collect()
    }

    /// Open alerts of an office, oldest first.
    pub(crate) async fn alerts(&self, tenant: &str) -> Result<Vec<Alert>> {
        let rows = self.client().query(ALERTS, &[&tenant]).await?;
        rows.iter()
            .map(|row| {
                Ok(Alert {
                    severity: row.try_get(0)?,
                    title: row.try_get(1)?,
                    message: row.try_get(2)?,
                    file_name: row.try_get(3)?,
                })
            })
            .collect()
    }

    /// Counts over all offices.
    pub(crate) async fn progress(&self) -> Result<Progress> {
        let row = self.client().query_one(PROGRESS, &[]).await?;
        let count = |column| -> Result<u64> { Ok(u64::try_from(row.try_get::<_, i64>(column)?)?) };
        Ok(Progress { all: count(0)?, processed: count(1)?, failed: count(2)? })
    }
}

fn json(text: Option<String>) -> Result<Option<Value>> {
    Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
}
