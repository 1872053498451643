-- A status word that only this worker knows becomes one that the old worker knows.
UPDATE document_processing_jobs SET status = 'FAILED', updated_at = now() WHERE status = 'CANCELLED';

-- What a killed worker held goes back to the queue: the old worker takes PENDING only, and without
-- its lease nobody could tell such a row from one that the old worker has in hand. The column may
-- have been dropped already, so it is not named as one.
UPDATE document_processing_jobs j SET status = 'PENDING', updated_at = now()
WHERE status = 'IN_PROGRESS' AND to_jsonb(j) ->> 'lease_owner' IS NOT NULL;

ALTER TABLE document_processing_jobs
    RESET (fillfactor, autovacuum_vacuum_scale_factor, autovacuum_analyze_scale_factor);

ALTER TABLE document_processing_jobs
    DROP COLUMN IF EXISTS priority,
    DROP COLUMN IF EXISTS run_at,
    DROP COLUMN IF EXISTS max_attempts,
    DROP COLUMN IF EXISTS lease_token,
    DROP COLUMN IF EXISTS lease_owner,
    DROP COLUMN IF EXISTS lease_expires_at;
