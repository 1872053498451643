-- What the job row needs to be the job. Every column has a default, so that the platform goes on
-- inserting without knowing of them; none rewrites the table.
ALTER TABLE document_processing_jobs
    ADD COLUMN IF NOT EXISTS priority smallint NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS run_at timestamptz(6) NOT NULL DEFAULT now(),
    ADD COLUMN IF NOT EXISTS max_attempts smallint NOT NULL DEFAULT 3,
    ADD COLUMN IF NOT EXISTS lease_token bigint NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS lease_owner text,
    ADD COLUMN IF NOT EXISTS lease_expires_at timestamptz(6);

-- A job row is updated several times in its life: room on the page keeps those updates out of the
-- indexes, and a queue needs its dead rows gone early.
ALTER TABLE document_processing_jobs SET (
    fillfactor = 70,
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
