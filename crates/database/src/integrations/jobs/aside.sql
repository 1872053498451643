-- Records set aside that may go in now that somebody has added a company or an account.
SELECT external_id::text, record
FROM worker.sync_set_aside
WHERE tenant_id = $1 AND integration_id = $2 AND stream = $3 AND reason = ANY ($4::text[])
  AND external_id > $5
ORDER BY external_id
LIMIT $6
