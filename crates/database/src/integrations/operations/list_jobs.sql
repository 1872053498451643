-- Sync jobs for operators, newest first.
SELECT j.id, j.tenant_id, j.tenant_integration_id AS integration_id, i.display_name::text,
    p.code::text AS provider, j.job_type::text, j.status::text, j.attempts, j.max_attempts,
    j.created_at, j.run_at, j.started_at, j.finished_at, j.error_message, j.technical_error,
    j.lease_owner, d.created, d.updated, d.unchanged, d.skipped, d.kept, d.failed
FROM integration_sync_jobs j
JOIN tenant_integrations i ON i.id = j.tenant_integration_id
JOIN integration_providers p ON p.id = i.provider_id
LEFT JOIN worker.sync_progress d ON d.job_id = j.id
WHERE ($1::text IS NULL OR j.status = $1)
  AND ($2::text IS NULL OR j.tenant_id = $2)
  AND ($3::text IS NULL OR j.tenant_integration_id = $3)
  AND ($5::text IS NULL OR j.id = $5)
ORDER BY j.created_at DESC, j.id DESC
LIMIT $4
