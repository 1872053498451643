-- What is known of these records, and which of them were set aside before.
SELECT external_id::text, row_id, client_company_id, owns_row, content_hash, written_hash
FROM worker.sync_records
WHERE tenant_id = $1 AND integration_id = $2 AND stream = $3 AND external_id = ANY ($4::text[])
UNION ALL
SELECT external_id::text, NULL, NULL, NULL, content_hash, NULL
FROM worker.sync_set_aside
WHERE tenant_id = $1 AND integration_id = $2 AND stream = $3 AND external_id = ANY ($4::text[])
