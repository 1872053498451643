-- A job that somebody asks for, or the open one that is there already. By an id that is given.
WITH own AS MATERIALIZED (
    -- No row beside an open one: see the trigger `worker_sync_jobs_joined`.
    SELECT set_config('worker.makes_sync_jobs', 'on', true) AS makes
), wanted AS (
    SELECT i.id, i.tenant_id, i.client_company_id, coalesce($2::text,
        CASE p.type WHEN 'bank' THEN 'pull_bank_transactions' ELSE 'pull_invoices' END) AS job_type
    FROM tenant_integrations i
    JOIN integration_providers p ON p.id = i.provider_id
    WHERE i.id = $1
), made AS (
    INSERT INTO integration_sync_jobs
        (id, tenant_id, client_company_id, tenant_integration_id, job_type, status, updated_at)
    SELECT $3, tenant_id, client_company_id, id, job_type, 'pending', now()
    FROM wanted CROSS JOIN own
    WHERE own.makes = 'on'
    ON CONFLICT (tenant_integration_id) WHERE status IN ('pending', 'in_progress') AND NOT is_surplus
    DO NOTHING
    RETURNING id, job_type
)
SELECT id AS job_id, job_type::text, true AS is_new FROM made
UNION ALL
SELECT j.id, j.job_type::text, false
FROM wanted
JOIN integration_sync_jobs j
    ON j.tenant_integration_id = wanted.id AND j.status IN ('pending', 'in_progress')
   AND NOT j.is_surplus
WHERE NOT EXISTS (SELECT 1 FROM made)
