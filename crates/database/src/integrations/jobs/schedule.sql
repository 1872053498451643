-- Makes the jobs that are due, over all offices. `$1` how old a sync may be in ms, `$2` the first
-- pause after a failure in ms, which doubles with each up to `$1`, `$3` providers that hold invoices and
-- movements alike, `$4` for each the setting with which it does not. The partial unique index sees to
-- it that an integration never has two open jobs, whoever else is making one.
WITH own AS MATERIALIZED (
    -- No row beside an open one: see the trigger `worker_sync_jobs_joined`.
    SELECT set_config('worker.makes_sync_jobs', 'on', true) AS makes
), stream AS (
    SELECT i.id, i.tenant_id, i.client_company_id, i.last_sync_at, i.config,
        stream.job_type, stream.name, stream.is_push, stream.provider_type = p.type AS is_main
    FROM tenant_integrations i
    JOIN integration_providers p ON p.id = i.provider_id AND p.is_active
    JOIN tenants t ON t.id = i.tenant_id AND t.status = 'ACTIVE'
    JOIN (VALUES
        ('accounting', 'pull_invoices', 'invoices', false, 'pullInvoices'),
        ('bank', 'pull_bank_transactions', 'bank_transactions', false, 'pullBankTransactions'),
        ('accounting', 'push_invoices', 'push_invoices', true, 'pushSyncEnabled'),
        ('bank', 'push_bank_transactions', 'push_bank_transactions', true, 'pushSyncEnabled')
    ) AS stream (provider_type, job_type, name, is_push, switch)
        ON stream.provider_type = p.type OR (NOT stream.is_push AND EXISTS (
            SELECT 1 FROM unnest($3::text[], $4::text[]) AS of_both (code, unless)
            WHERE of_both.code = p.code AND coalesce(i.config ->> of_both.unless, '') = ''
        ))
    WHERE i.status = 'connected'
      -- Pulling is on and pushing is off unless it is said otherwise.
      AND CASE WHEN stream.is_push THEN i.config ->> stream.switch = 'true'
               ELSE lower(coalesce(i.config ->> stream.switch, 'true')) <> 'false' END
), due AS (
    SELECT DISTINCT ON (stream.id) stream.*
    FROM stream
    LEFT JOIN worker.sync_cursors c
        ON c.integration_id = stream.id AND c.tenant_id = stream.tenant_id
       AND c.stream = stream.name AND c.account = ''
    CROSS JOIN LATERAL (
        -- What an earlier worker has synced counts until this one has.
        SELECT CASE WHEN stream.is_push OR EXISTS (
                SELECT 1 FROM worker.sync_cursors any_pull
                WHERE any_pull.integration_id = stream.id AND any_pull.tenant_id = stream.tenant_id
                  AND any_pull.covered_until IS NOT NULL AND NOT starts_with(any_pull.stream, 'push_')
            ) THEN c.covered_until ELSE stream.last_sync_at END AS synced_at,
            CASE WHEN NOT stream.is_push THEN $1::bigint * interval '1 millisecond'
                 ELSE CASE stream.config ->> 'pushSyncFrequency'
                     WHEN 'hourly' THEN interval '1 hour' WHEN 'weekly' THEN interval '7 days'
                     WHEN 'monthly' THEN interval '30 days' ELSE interval '1 day' END
            END AS every
    ) pace
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE run.all_failed) AS failures,
            max(run.finished_at) FILTER (WHERE run.all_failed) AS failed_at
        FROM (
            SELECT j.finished_at,
                bool_and(j.status = 'failed') OVER (ORDER BY j.created_at DESC, j.id) AS all_failed
            FROM (
                SELECT j.id, j.status, j.created_at, j.finished_at
                FROM integration_sync_jobs j
                WHERE j.tenant_integration_id = stream.id AND j.tenant_id = stream.tenant_id
                  AND j.job_type = stream.job_type AND j.status IN ('success', 'failed')
                ORDER BY j.created_at DESC
                LIMIT 10
            ) j
        ) run
    ) past
    WHERE (pace.synced_at IS NULL OR pace.synced_at <= now() - pace.every
           OR c.come_back_at <= now())
      AND (past.failures = 0 OR past.failed_at IS NULL OR past.failed_at + least(
              pace.every, $2::bigint * interval '1 millisecond' * (2 ^ least(past.failures, 20))
          ) <= now())
      AND NOT EXISTS (
          SELECT 1 FROM integration_sync_jobs j
          WHERE j.tenant_integration_id = stream.id AND j.status IN ('pending', 'in_progress')
      )
    ORDER BY stream.id, stream.is_push, pace.synced_at NULLS FIRST, stream.is_main DESC
)
INSERT INTO integration_sync_jobs
    (id, tenant_id, client_company_id, tenant_integration_id, job_type, status, updated_at)
SELECT 'c' || left(md5(due.id || due.job_type || clock_timestamp()::text || random()::text), 24),
    due.tenant_id, due.client_company_id, due.id, due.job_type, 'pending', now()
FROM due CROSS JOIN own
WHERE own.makes = 'on'
ON CONFLICT (tenant_integration_id) WHERE status IN ('pending', 'in_progress') AND NOT is_surplus
DO NOTHING
RETURNING id AS job_id, tenant_id, tenant_integration_id AS integration_id, job_type::text
