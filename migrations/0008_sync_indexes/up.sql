-- Due sync jobs of a tenant, in the order in which they are claimed.
CREATE INDEX CONCURRENTLY IF NOT EXISTS worker_sync_jobs_due_idx
    ON integration_sync_jobs (tenant_id, priority, run_at, id)
    WHERE status = 'pending';

-- Running sync jobs: heartbeats and the search for expired leases.
CREATE INDEX CONCURRENTLY IF NOT EXISTS worker_sync_jobs_running_idx
    ON integration_sync_jobs (id)
    WHERE status = 'in_progress';

-- How an integration's last jobs ended.
CREATE INDEX CONCURRENTLY IF NOT EXISTS worker_sync_jobs_recent_idx
    ON integration_sync_jobs (tenant_integration_id, created_at);

-- Invoices that an earlier import made are found again by the number that it gave them.
CREATE INDEX CONCURRENTLY IF NOT EXISTS worker_invoices_external_idx
    ON invoices (tenant_id, external_id)
    WHERE external_id IS NOT NULL;
