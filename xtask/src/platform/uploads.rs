//! Documents and their jobs, as the backend inserts them.

use anyhow::Result;

use super::Platform;

/// A file that was stored, and what the person who uploaded it said about it.
#[derive(Debug)]
pub(crate) struct Upload<'a> {
    pub(crate) tenant: &'a str,
    pub(crate) company: &'a str,
    pub(crate) user: &'a str,
    /// `INVOICE`, `BANK_STATEMENT`, `RECEIPT` or `OTHER`.
    pub(crate) kind: &'a str,
    pub(crate) file_name: &'a str,
    pub(crate) storage_path: &'a str,
    pub(crate) mime_type: &'a str,
    pub(crate) bytes: i64,
}

const DOCUMENT: &str = "insert into documents (id, tenant_id, client_company_id, type, \
                        original_file_name, storage_path, mime_type, file_size_bytes, \
                        upload_user_id, upload_source, status, updated_at) \
                        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'manual', 'UPLOADED', now())";
const JOB: &str = "insert into document_processing_jobs \
                   (id, tenant_id, document_id, status, attempts_count, updated_at) \
                   values ($1, $2, $3, 'PENDING', 0, now())";

impl Platform {
    /// Inserts documents and their jobs, all at once.
    pub(crate) async fn upload_all(&self, uploads: &[Upload<'_>]) -> Result<()> {
        self.client().batch_execute("begin").await?;
        for upload in uploads {
            self.upload(upload).await?;
        }
        self.client().batch_execute("commit").await?;
        Ok(())
    }

    /// Inserts the document and its job.
    pub(crate) async fn upload(&self, upload: &Upload<'_>) -> Result<()> {
        let document = cuid::cuid1();
        self.client()
            .execute(
                DOCUMENT,
                &[
                    &document,
                    &upload.tenant,
                    &upload.company,
                    &upload.kind,
                    &upload.file_name,
                    &upload.storage_path,
                    &upload.mime_type,
                    &upload.bytes,
                    &upload.user,
                ],
            )
            .await?;
        self.client().execute(JOB, &[&cuid::cuid1(), &upload.tenant, &document]).await?;
        Ok(())
    }
}
