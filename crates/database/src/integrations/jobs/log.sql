-- An entry of the sync log, if the lease still stands.
INSERT INTO integration_sync_logs (id, tenant_id, tenant_integration_id, level, message, context)
SELECT $4, tenant_id, tenant_integration_id, $5, $6, jsonb_build_object('jobId', id) || $7
FROM integration_sync_jobs
WHERE id = $1 AND tenant_id = $2 AND lease_token = $3 AND status = 'in_progress'
