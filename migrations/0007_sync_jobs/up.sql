-- What a sync job's row needs to be the job, as 0002 does for documents. Every column has a default,
-- so that the platform goes on inserting without knowing of them; none rewrites the table.
ALTER TABLE integration_sync_jobs
    ADD COLUMN IF NOT EXISTS attempts integer NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS max_attempts smallint NOT NULL DEFAULT 5,
    ADD COLUMN IF NOT EXISTS priority smallint NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS run_at timestamptz(6) NOT NULL DEFAULT now(),
    ADD COLUMN IF NOT EXISTS lease_token bigint NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS lease_owner text,
    ADD COLUMN IF NOT EXISTS lease_expires_at timestamptz(6),
    ADD COLUMN IF NOT EXISTS technical_error text,
    ADD COLUMN IF NOT EXISTS is_surplus boolean NOT NULL DEFAULT false;

ALTER TABLE integration_sync_jobs SET (
    fillfactor = 70,
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);

-- Open jobs of one integration beyond the newest waiting one, as two schedulers of the old worker
-- made them. They keep everything that the platform reads; the worker that claims one calls it off.
UPDATE integration_sync_jobs j
SET is_surplus = true
FROM (
    SELECT id, row_number() OVER (
        PARTITION BY tenant_integration_id ORDER BY status = 'pending' DESC, created_at DESC, id DESC
    ) AS place
    FROM integration_sync_jobs
    WHERE status IN ('pending', 'in_progress') AND NOT is_surplus
) open
WHERE j.id = open.id AND open.place > 1;

-- One open job for each integration, whoever asks for it: ten schedulers and a user's click make one.
CREATE UNIQUE INDEX IF NOT EXISTS worker_sync_jobs_open_idx
    ON integration_sync_jobs (tenant_integration_id)
    WHERE status IN ('pending', 'in_progress') AND NOT is_surplus;

DO $$ BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM pg_trigger
        WHERE tgrelid = 'integration_sync_jobs'::regclass AND tgname = 'worker_sync_jobs_inserted'
    ) THEN
        CREATE TRIGGER worker_sync_jobs_inserted
            AFTER INSERT ON integration_sync_jobs
            FOR EACH STATEMENT EXECUTE FUNCTION worker.notify_jobs('integration_sync');
    ELSIF EXISTS (
        SELECT 1 FROM pg_trigger
        WHERE tgrelid = 'integration_sync_jobs'::regclass
          AND tgname = 'worker_sync_jobs_inserted' AND tgenabled NOT IN ('O', 'A')
    ) THEN
        ALTER TABLE integration_sync_jobs ENABLE TRIGGER worker_sync_jobs_inserted;
    END IF;
END $$;

-- How far each stream of an integration has been read, written with the records it covers.
CREATE TABLE IF NOT EXISTS worker.sync_cursors (
    integration_id text NOT NULL
        REFERENCES tenant_integrations (id) ON UPDATE CASCADE ON DELETE CASCADE,
    stream varchar(50) NOT NULL,
    account varchar(64) NOT NULL DEFAULT '',
    tenant_id text NOT NULL,
    -- The connector's cursor, handed back to it as it is.
    position jsonb,
    -- When the pass that is under way began; null between passes.
    pass_started_at timestamptz(6),
    -- Everything that the source had before this instant was read.
    covered_until timestamptz(6),
    -- The source has more to give at this time, sooner than the usual interval.
    come_back_at timestamptz(6),
    updated_at timestamptz(6) NOT NULL DEFAULT now(),
    PRIMARY KEY (integration_id, stream, account)
);

-- Which record of which source is which row of the books: the identity that the platform's tables,
-- which name no integration, cannot keep.
CREATE TABLE IF NOT EXISTS worker.sync_records (
    integration_id text NOT NULL
        REFERENCES tenant_integrations (id) ON UPDATE CASCADE ON DELETE CASCADE,
    stream varchar(50) NOT NULL,
    external_id varchar(255) NOT NULL,
    tenant_id text NOT NULL,
    -- `invoices.id` or `transactions.id`.
    row_id text NOT NULL,
    client_company_id text NOT NULL,
    -- Of several sources of one invoice, the first writes it.
    owns_row boolean NOT NULL,
    -- Of the record as the source had it, and of the row as it was written.
    content_hash bytea NOT NULL CHECK (octet_length(content_hash) = 32),
    written_hash bytea NOT NULL CHECK (octet_length(written_hash) = 32),
    ettn text,
    -- Seller's number and invoice number, for sources that know no ETTN.
    document_key text,
    PRIMARY KEY (integration_id, stream, external_id)
);

CREATE INDEX IF NOT EXISTS sync_records_row_idx ON worker.sync_records (row_id);
-- One invoice of a company has one row, from whatever source.
CREATE UNIQUE INDEX IF NOT EXISTS sync_records_ettn_idx
    ON worker.sync_records (tenant_id, ettn, client_company_id)
    WHERE ettn IS NOT NULL AND owns_row;
CREATE INDEX IF NOT EXISTS sync_records_document_idx
    ON worker.sync_records (tenant_id, document_key, client_company_id)
    WHERE document_key IS NOT NULL AND owns_row;

-- Records that were not taken into the books, with the reason. Each is kept until a person has
-- cleared the way or the source sends it anew.
CREATE TABLE IF NOT EXISTS worker.sync_set_aside (
    integration_id text NOT NULL
        REFERENCES tenant_integrations (id) ON UPDATE CASCADE ON DELETE CASCADE,
    stream varchar(50) NOT NULL,
    external_id varchar(255) NOT NULL,
    tenant_id text NOT NULL,
    reason varchar(50) NOT NULL,
    message text NOT NULL,
    record jsonb NOT NULL,
    content_hash bytea NOT NULL CHECK (octet_length(content_hash) = 32),
    set_aside_at timestamptz(6) NOT NULL DEFAULT now(),
    PRIMARY KEY (integration_id, stream, external_id)
);

CREATE INDEX IF NOT EXISTS sync_set_aside_tenant_idx ON worker.sync_set_aside (tenant_id);

-- What a job has done so far, over all its attempts.
CREATE TABLE IF NOT EXISTS worker.sync_progress (
    job_id text PRIMARY KEY
        REFERENCES integration_sync_jobs (id) ON UPDATE CASCADE ON DELETE CASCADE,
    tenant_id text NOT NULL,
    started_at timestamptz(6) NOT NULL DEFAULT now(),
    pages bigint NOT NULL DEFAULT 0,
    created bigint NOT NULL DEFAULT 0,
    updated bigint NOT NULL DEFAULT 0,
    unchanged bigint NOT NULL DEFAULT 0,
    skipped bigint NOT NULL DEFAULT 0,
    kept bigint NOT NULL DEFAULT 0,
    failed bigint NOT NULL DEFAULT 0
);

-- The ledger account of each bank account: one account is one bank account's.
CREATE TABLE IF NOT EXISTS worker.bank_ledger_accounts (
    tenant_id text NOT NULL REFERENCES tenants (id) ON UPDATE CASCADE ON DELETE CASCADE,
    iban varchar(34) NOT NULL,
    ledger_account_id text NOT NULL UNIQUE
        REFERENCES ledger_accounts (id) ON UPDATE CASCADE ON DELETE CASCADE,
    -- Movements of an account have no number that two sources share, so one source brings them.
    integration_id text
        REFERENCES tenant_integrations (id) ON UPDATE CASCADE ON DELETE SET NULL,
    PRIMARY KEY (tenant_id, iban)
);

-- Objects of a file drop that were settled, by the version that was read.
CREATE TABLE IF NOT EXISTS worker.sync_objects (
    integration_id text NOT NULL
        REFERENCES tenant_integrations (id) ON UPDATE CASCADE ON DELETE CASCADE,
    stream varchar(50) NOT NULL,
    object_key text NOT NULL,
    tenant_id text NOT NULL,
    version jsonb NOT NULL,
    sha256 text,
    result jsonb NOT NULL,
    settled_at timestamptz(6) NOT NULL DEFAULT now(),
    PRIMARY KEY (integration_id, stream, object_key)
);

CREATE INDEX IF NOT EXISTS sync_objects_content_idx
    ON worker.sync_objects (integration_id, stream, sha256) WHERE sha256 IS NOT NULL;

-- Access and refresh tokens, sealed, outside the configuration that the platform rewrites whole.
CREATE TABLE IF NOT EXISTS worker.integration_tokens (
    integration_id text PRIMARY KEY
        REFERENCES tenant_integrations (id) ON UPDATE CASCADE ON DELETE CASCADE,
    tenant_id text NOT NULL,
    sealed text,
    generation bigint NOT NULL DEFAULT 0,
    refresh_claimed_until timestamptz(6)
);

-- What became of each row that was pushed to a provider.
CREATE TABLE IF NOT EXISTS worker.sync_pushes (
    integration_id text NOT NULL
        REFERENCES tenant_integrations (id) ON UPDATE CASCADE ON DELETE CASCADE,
    stream varchar(50) NOT NULL,
    row_id text NOT NULL,
    tenant_id text NOT NULL,
    job_id text NOT NULL,
    state varchar(20) NOT NULL CHECK (state IN ('sent', 'refused')),
    external_id text,
    message text,
    updated_at timestamptz(6) NOT NULL DEFAULT now(),
    PRIMARY KEY (integration_id, stream, row_id)
);
