-- The job's failure with what follows from it. The notification's id is made of the job's, so that
-- one failure is told once.
WITH job AS (
    UPDATE integration_sync_jobs
    SET status = 'failed', finished_at = now(), error_message = $4, technical_error = $5,
        lease_owner = NULL, lease_expires_at = NULL, updated_at = now()
    WHERE id = $1 AND tenant_id = $2 AND lease_token = $3 AND status = 'in_progress'
    RETURNING id, tenant_integration_id, job_type
), integration AS (
    UPDATE tenant_integrations i
    SET last_sync_status = 'error', updated_at = now(),
        status = CASE WHEN $6 AND i.status = 'connected' THEN 'error' ELSE i.status END
    FROM job
    WHERE i.id = job.tenant_integration_id AND i.tenant_id = $2
    RETURNING i.id, i.display_name
), logged AS (
    INSERT INTO integration_sync_logs
        (id, tenant_id, tenant_integration_id, level, message, context)
    SELECT $7, $2, job.tenant_integration_id, 'error', 'Eşitleme hatası: ' || $4::text,
        jsonb_build_object('jobId', job.id, 'jobType', job.job_type, 'error', $4::text,
            'retryCount', $8::int, 'willRetry', false)
    FROM job
), notified AS (
    INSERT INTO notifications (id, tenant_id, type, title, message, meta, updated_at)
    SELECT 'sync_' || job.id, $2, 'INTEGRATION_SYNC', 'Entegrasyon eşitleme hatası',
        integration.display_name || ' eşitlenemedi: ' || $4::text,
        jsonb_build_object('integrationId', integration.id, 'jobId', job.id, 'error', $4::text),
        now()
    FROM job, integration
    ON CONFLICT (id) DO NOTHING
)
SELECT count(*)::bigint AS count FROM job
