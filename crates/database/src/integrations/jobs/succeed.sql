-- The job's success with what follows from it. `last_sync_at` is the instant up to which everything
-- was read, never the time of writing; a push leaves it alone. Of a source with two streams it is that
-- of the one that lags, if both are pulled. What was in error works again.
WITH job AS (
    UPDATE integration_sync_jobs
    SET status = 'success', finished_at = now(), error_message = $4, technical_error = NULL,
        lease_owner = NULL, lease_expires_at = NULL, updated_at = now()
    WHERE id = $1 AND tenant_id = $2 AND lease_token = $3 AND status = 'in_progress'
    RETURNING id, tenant_integration_id
), pushed AS (
    INSERT INTO worker.sync_cursors AS c (tenant_id, integration_id, stream, covered_until)
    SELECT $2, tenant_integration_id, $5, now() FROM job WHERE starts_with($5, 'push_')
    ON CONFLICT (integration_id, stream, account) DO UPDATE
    SET covered_until = excluded.covered_until, updated_at = now()
    WHERE c.tenant_id = $2
), integration AS (
    UPDATE tenant_integrations i
    SET last_sync_status = 'success', updated_at = now(),
        status = CASE WHEN i.status = 'error' THEN 'connected' ELSE i.status END,
        last_sync_at = CASE WHEN starts_with($5, 'push_') THEN i.last_sync_at
            ELSE coalesce((
                SELECT CASE WHEN bool_and(c.covered_until IS NOT NULL)
                    THEN min(c.covered_until) END
                FROM worker.sync_cursors c
                WHERE c.integration_id = i.id AND c.tenant_id = $2 AND c.account = ''
                  AND (c.stream = $5
                       OR c.stream = 'invoices'
                          AND lower(coalesce(i.config ->> 'pullInvoices', 'true')) <> 'false'
                       OR c.stream = 'bank_transactions'
                          AND lower(coalesce(i.config ->> 'pullBankTransactions', 'true')) <> 'false')
            ), i.last_sync_at) END
    FROM job
    WHERE i.id = job.tenant_integration_id AND i.tenant_id = $2
), logged AS (
    INSERT INTO integration_sync_logs
        (id, tenant_id, tenant_integration_id, level, message, context)
    SELECT $6, $2, tenant_integration_id, $7, $8, $9 FROM job
)
SELECT count(*)::bigint AS count FROM job
