DROP INDEX CONCURRENTLY IF EXISTS worker_invoices_external_idx;

DROP INDEX CONCURRENTLY IF EXISTS worker_sync_jobs_recent_idx;

DROP INDEX CONCURRENTLY IF EXISTS worker_sync_jobs_running_idx;

DROP INDEX CONCURRENTLY IF EXISTS worker_sync_jobs_due_idx;
