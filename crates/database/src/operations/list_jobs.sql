SELECT j.id, j.tenant_id, j.document_id, j.status::text AS status, j.attempts_count, j.max_attempts,
    j.priority, j.created_at, j.run_at, j.last_attempt_at, j.last_error_message, j.lease_owner,
    j.lease_expires_at, d.status::text AS document_status, d.type::text AS document_type,
    d.original_file_name::text AS file_name, d.storage_path::text AS storage_path,
    d.processing_error_message AS user_message
FROM document_processing_jobs j
JOIN documents d ON d.id = j.document_id AND d.tenant_id = j.tenant_id
WHERE ($1::text IS NULL OR j.status = $1)
  AND ($2::text IS NULL OR j.tenant_id = $2)
  AND ($3::text IS NULL OR j.document_id = $3)
  AND ($4::text IS NULL OR j.id = $4 OR j.document_id = $4)
ORDER BY j.created_at DESC, j.id DESC
LIMIT $5
