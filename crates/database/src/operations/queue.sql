-- Every queue in figures; the words of the job tables are brought to one.
WITH job AS (
    SELECT 'document_processing' AS queue, lower(status) AS status, run_at, lease_expires_at, updated_at
    FROM document_processing_jobs
    UNION ALL
    SELECT 'risk_calculation', replace(status, 'succeeded', 'success'), run_at, lease_expires_at,
        updated_at
    FROM worker.risk_jobs
    UNION ALL
    SELECT 'integration_sync', status, run_at, lease_expires_at, updated_at
    FROM integration_sync_jobs
)
SELECT queue.name,
    count(*) FILTER (WHERE status = 'pending') AS pending,
    count(*) FILTER (WHERE status = 'pending' AND run_at <= now()) AS due,
    count(*) FILTER (WHERE status = 'in_progress') AS in_progress,
    count(*) FILTER (WHERE status = 'in_progress'
        AND (lease_expires_at IS NULL OR lease_expires_at < now())) AS abandoned,
    count(*) FILTER (WHERE status = 'failed' AND updated_at > now() - interval '1 day')
        AS failed_last_day,
    count(*) FILTER (WHERE status = 'success' AND updated_at > now() - interval '1 day')
        AS succeeded_last_day,
    extract(epoch FROM now() - min(run_at) FILTER (WHERE status = 'pending' AND run_at <= now()))::bigint
        AS oldest_due_seconds
FROM (VALUES (1, 'document_processing'), (2, 'risk_calculation'), (3, 'integration_sync'))
    AS queue (place, name)
LEFT JOIN job ON job.queue = queue.name
GROUP BY queue.place, queue.name
ORDER BY queue.place
