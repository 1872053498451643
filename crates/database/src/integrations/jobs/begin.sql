-- Marks the integration and returns what the job needs. Says so in the log with the first attempt only.
WITH held AS (
    SELECT id, tenant_integration_id
    FROM integration_sync_jobs
    WHERE id = $1 AND tenant_id = $2 AND lease_token = $3 AND status = 'in_progress'
), progress AS (
    INSERT INTO worker.sync_progress (job_id, tenant_id)
    SELECT id, $2 FROM held
    ON CONFLICT (job_id) DO NOTHING
    RETURNING job_id
), marked AS (
    UPDATE tenant_integrations i
    SET last_sync_status = 'in_progress', updated_at = now()
    FROM held
    WHERE i.id = held.tenant_integration_id AND i.tenant_id = $2
), logged AS (
    INSERT INTO integration_sync_logs
        (id, tenant_id, tenant_integration_id, level, message, context)
    SELECT $4, $2, held.tenant_integration_id, 'info', $5, jsonb_build_object('jobId', held.id)
    FROM held JOIN progress ON progress.job_id = held.id
)
SELECT i.status::text, i.config, i.client_company_id, c.tax_number::text AS company_tax_number,
    i.display_name::text, p.code::text AS provider, p.is_active AS provider_active
FROM held
JOIN tenant_integrations i ON i.id = held.tenant_integration_id AND i.tenant_id = $2
JOIN integration_providers p ON p.id = i.provider_id
LEFT JOIN client_companies c ON c.id = i.client_company_id AND c.tenant_id = $2
