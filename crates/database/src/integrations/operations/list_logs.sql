-- The sync log for operators, newest first.
SELECT l.id, l.tenant_id, l.tenant_integration_id AS integration_id, l.level::text, l.message,
    l.context, l.created_at
FROM integration_sync_logs l
WHERE ($1::text IS NULL OR l.level = $1)
  AND ($2::text IS NULL OR l.tenant_id = $2)
  AND ($3::text IS NULL OR l.tenant_integration_id = $3)
  AND ($5::text IS NULL OR l.context ->> 'jobId' = $5)
ORDER BY l.created_at DESC, l.id DESC
LIMIT $4
