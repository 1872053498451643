-- Seconds since a page of the job's stream was stored, or since the job was made if that is later.
SELECT extract(epoch FROM now() - greatest(j.created_at, c.updated_at))::bigint AS count
FROM integration_sync_jobs j
LEFT JOIN worker.sync_cursors c
    ON c.integration_id = $3 AND c.tenant_id = $2 AND c.stream = $4 AND c.account = ''
WHERE j.id = $1 AND j.tenant_id = $2
