SELECT
    (SELECT count(*) FROM document_processing_jobs WHERE status = 'PENDING') AS pending,
    (SELECT count(*) FROM document_processing_jobs
        WHERE status = 'PENDING' AND run_at <= now()) AS due,
    (SELECT count(*) FROM document_processing_jobs WHERE status = 'IN_PROGRESS') AS in_progress,
    (SELECT count(*) FROM document_processing_jobs
        WHERE status = 'IN_PROGRESS' AND (lease_expires_at IS NULL OR lease_expires_at < now()))
        AS abandoned,
    day.failed AS failed_last_day,
    day.succeeded AS succeeded_last_day,
    (SELECT extract(epoch FROM now() - min(run_at))::bigint FROM document_processing_jobs
        WHERE status = 'PENDING' AND run_at <= now()) AS oldest_due_seconds
FROM (
    SELECT count(*) FILTER (WHERE status = 'FAILED') AS failed,
        count(*) FILTER (WHERE status = 'SUCCESS') AS succeeded
    FROM document_processing_jobs
    WHERE status IN ('FAILED', 'SUCCESS') AND updated_at > now() - interval '1 day'
) day
