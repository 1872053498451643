SELECT position
FROM worker.sync_cursors
WHERE tenant_id = $1 AND integration_id = $2 AND stream = $3 AND account = ''
  AND position IS NOT NULL
