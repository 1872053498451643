-- Takes the office's import lock, if the lease still stands: two imports of one office wait for each
-- other here, so that what one of them looks up stays true until it has written.
SELECT count(pg_advisory_xact_lock($4::bigint))::bigint AS count
FROM integration_sync_jobs
WHERE id = $1 AND tenant_id = $2 AND lease_token = $3 AND status = 'in_progress'
