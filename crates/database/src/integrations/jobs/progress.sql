SELECT pages, created, updated, unchanged, skipped, kept, failed
FROM worker.sync_progress
WHERE tenant_id = $1 AND job_id = $2
