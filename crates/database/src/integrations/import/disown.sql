-- Rows that this source takes over from one that is gone.
UPDATE worker.sync_records
SET owns_row = false
WHERE tenant_id = $1 AND integration_id <> $2 AND row_id = ANY ($3::text[]) AND owns_row
