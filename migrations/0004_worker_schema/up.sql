-- The worker's own tables. They have a schema of their own, which the platform's schema tool leaves
-- alone.
CREATE SCHEMA IF NOT EXISTS worker;

-- Periodic work: due times live here and not in a process's uptime; the lease makes one leader.
CREATE TABLE IF NOT EXISTS worker.periodic_schedules (
    name text PRIMARY KEY,
    every_ms bigint NOT NULL CHECK (every_ms > 0),
    next_due_at timestamptz(6) NOT NULL DEFAULT now(),
    lease_owner text,
    lease_token bigint NOT NULL DEFAULT 0,
    lease_expires_at timestamptz(6),
    last_started_at timestamptz(6),
    last_finished_at timestamptz(6),
    last_error text
);

-- What makes two documents the same, each with its index. Goes with its document.
CREATE TABLE IF NOT EXISTS worker.document_fingerprints (
    document_id text PRIMARY KEY REFERENCES documents (id) ON UPDATE CASCADE ON DELETE CASCADE,
    tenant_id text NOT NULL,
    content_sha256 bytea NOT NULL CHECK (octet_length(content_sha256) = 32),
    ettn text,
    issuer_tax_number text,
    invoice_number text,
    created_at timestamptz(6) NOT NULL DEFAULT now()
);

CREATE INDEX IF NOT EXISTS document_fingerprints_content_idx
    ON worker.document_fingerprints (tenant_id, content_sha256);
CREATE INDEX IF NOT EXISTS document_fingerprints_ettn_idx
    ON worker.document_fingerprints (tenant_id, ettn) WHERE ettn IS NOT NULL;
CREATE INDEX IF NOT EXISTS document_fingerprints_invoice_idx
    ON worker.document_fingerprints (tenant_id, issuer_tax_number, invoice_number)
    WHERE issuer_tax_number IS NOT NULL AND invoice_number IS NOT NULL;

-- Usage to be added to `tenant_usages`: one hot counter row a tenant would make its jobs queue up.
CREATE TABLE IF NOT EXISTS worker.usage_events (
    id bigserial PRIMARY KEY,
    tenant_id text NOT NULL,
    metric varchar(50) NOT NULL,
    period_start timestamptz(6) NOT NULL,
    period_end timestamptz(6) NOT NULL,
    amount integer NOT NULL,
    created_at timestamptz(6) NOT NULL DEFAULT now()
);

-- Wakes the workers when the platform inserts jobs: once a statement, however many rows.
CREATE OR REPLACE FUNCTION worker.notify_jobs() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    PERFORM pg_notify('worker_jobs', TG_ARGV[0]);
    RETURN NULL;
END $$;

DO $$ BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM pg_trigger
        WHERE tgrelid = 'document_processing_jobs'::regclass
          AND tgname = 'worker_document_jobs_inserted'
    ) THEN
        CREATE TRIGGER worker_document_jobs_inserted
            AFTER INSERT ON document_processing_jobs
            FOR EACH STATEMENT EXECUTE FUNCTION worker.notify_jobs('document_processing');
    ELSIF EXISTS (
        SELECT 1 FROM pg_trigger
        WHERE tgrelid = 'document_processing_jobs'::regclass
          AND tgname = 'worker_document_jobs_inserted' AND tgenabled NOT IN ('O', 'A')
    ) THEN
        ALTER TABLE document_processing_jobs ENABLE TRIGGER worker_document_jobs_inserted;
    END IF;
END $$;
