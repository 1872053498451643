-- Due jobs of a tenant, in the order in which they are claimed. Finished rows are outside it, and no
-- lease column is in it, so that a heartbeat touches no index.
CREATE INDEX CONCURRENTLY IF NOT EXISTS worker_document_jobs_due_idx
    ON document_processing_jobs (tenant_id, priority, run_at, id)
    WHERE status = 'PENDING';

-- Running jobs: heartbeats and the search for expired leases.
CREATE INDEX CONCURRENTLY IF NOT EXISTS worker_document_jobs_running_idx
    ON document_processing_jobs (id)
    WHERE status = 'IN_PROGRESS';
