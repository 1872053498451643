SELECT split_part(current_setting('server_version'), ' ', 1) AS version,
    extract(epoch FROM now() - oldest.xact_start)::bigint AS oldest_transaction_seconds,
    oldest.application_name AS oldest_transaction_by,
    EXISTS (
        SELECT 1 FROM pg_trigger
        WHERE tgrelid = to_regclass('document_processing_jobs')
          AND tgname = 'worker_document_jobs_inserted' AND tgenabled <> 'D'
    ) AS wakes_workers
FROM (VALUES (1)) one
LEFT JOIN LATERAL (
    SELECT xact_start, application_name FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
      AND backend_type = 'client backend'
    ORDER BY xact_start LIMIT 1
) oldest ON true
