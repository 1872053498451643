DROP INDEX CONCURRENTLY IF EXISTS worker_document_jobs_due_idx;

DROP INDEX CONCURRENTLY IF EXISTS worker_document_jobs_running_idx;
