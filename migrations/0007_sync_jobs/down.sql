DROP TRIGGER IF EXISTS worker_sync_jobs_inserted ON integration_sync_jobs;
DROP INDEX IF EXISTS worker_sync_jobs_open_idx;

DROP TABLE IF EXISTS worker.sync_pushes;
DROP TABLE IF EXISTS worker.integration_tokens;
DROP TABLE IF EXISTS worker.sync_objects;
DROP TABLE IF EXISTS worker.bank_ledger_accounts;
DROP TABLE IF EXISTS worker.sync_progress;
DROP TABLE IF EXISTS worker.sync_set_aside;
DROP TABLE IF EXISTS worker.sync_records;
DROP TABLE IF EXISTS worker.sync_cursors;

-- A status word that only this worker knows becomes one that the old worker knows.
UPDATE integration_sync_jobs SET status = 'failed', updated_at = now() WHERE status = 'cancelled';

-- What a killed worker held goes back to the queue, as in 0002.
UPDATE integration_sync_jobs j SET status = 'pending', updated_at = now()
WHERE status = 'in_progress' AND to_jsonb(j) ->> 'lease_owner' IS NOT NULL;

ALTER TABLE integration_sync_jobs
    RESET (fillfactor, autovacuum_vacuum_scale_factor, autovacuum_analyze_scale_factor);

ALTER TABLE integration_sync_jobs
    DROP COLUMN IF EXISTS attempts,
    DROP COLUMN IF EXISTS max_attempts,
    DROP COLUMN IF EXISTS priority,
    DROP COLUMN IF EXISTS run_at,
    DROP COLUMN IF EXISTS lease_token,
    DROP COLUMN IF EXISTS lease_owner,
    DROP COLUMN IF EXISTS lease_expires_at,
    DROP COLUMN IF EXISTS technical_error,
    DROP COLUMN IF EXISTS is_surplus;
