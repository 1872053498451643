//! The queue of documents to be read.

use serde::Deserialize;

use super::{Columns, StatusWords, Subject, TableDescription};

/// What is known of a document when its job is claimed, so that nothing needs loading.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DocumentJob {
    /// `documents.id`.
    pub document_id: String,
    /// The client company that the document was uploaded for.
    pub client_company_id: String,
    /// That company's tax number, as stored.
    pub client_tax_number: Option<String>,
    /// What the uploader said it is: `INVOICE`, `BANK_STATEMENT`, `RECEIPT`, `OTHER`.
    pub document_type: String,
    /// The file's name at upload.
    pub original_file_name: String,
    /// The object's key without the tenant.
    pub storage_path: String,
    /// The type that the uploader declared.
    pub mime_type: String,
    /// The size in bytes that the uploader declared.
    pub file_size_bytes: i64,
}

/// `document_processing_jobs`, with `documents` following.
pub const DOCUMENT_PROCESSING: TableDescription = TableDescription {
    queue: "document_processing",
    table: "document_processing_jobs",
    words: StatusWords {
        pending: "PENDING",
        in_progress: "IN_PROGRESS",
        succeeded: "SUCCESS",
        failed: "FAILED",
        cancelled: "CANCELLED",
    },
    columns: Columns {
        attempts: "attempts_count",
        started_at: "last_attempt_at",
        finished_at: None,
        technical: "last_error_message",
        user_message: None,
    },
    subject: Some(Subject {
        table: "documents",
        key: "document_id",
        deleted: "is_deleted",
        waiting: "UPLOADED",
        working: "PROCESSING",
        succeeded: "PROCESSED",
        succeeded_at: "processed_at",
        failed: "FAILED",
        user_message: "processing_error_message",
    }),
    payload: &[
        ("documentId", "s.id"),
        ("clientCompanyId", "s.client_company_id"),
        (
            "clientTaxNumber",
            "(SELECT c.tax_number FROM client_companies c \
             WHERE c.id = s.client_company_id AND c.tenant_id = s.tenant_id)",
        ),
        ("documentType", "s.type"),
        ("originalFileName", "s.original_file_name"),
        ("storagePath", "s.storage_path"),
        ("mimeType", "s.mime_type"),
        ("fileSizeBytes", "s.file_size_bytes"),
    ],
    exhausted: "Belgenin işlenmesi birkaç kez yarıda kaldığı için durduruldu. \
                Belgeyi yeniden yüklemeyi deneyin.",
    cancelled: "Belgenin işlenmesi iptal edildi.",
};
