-- Records that are not in the books, for operators.
SELECT s.tenant_id, s.integration_id, s.stream::text, s.external_id::text, s.reason::text, s.message,
    s.record, s.set_aside_at
FROM worker.sync_set_aside s
WHERE ($1::text IS NULL OR s.reason = $1)
  AND ($2::text IS NULL OR s.tenant_id = $2)
  AND ($3::text IS NULL OR s.integration_id = $3)
ORDER BY s.tenant_id, s.integration_id, s.set_aside_at DESC, s.external_id
LIMIT $4
