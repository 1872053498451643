-- Risk of client companies: jobs, rule sets, evaluations, and the memory of what was found. All of it
-- in the worker's own schema.

-- One row for each company, and one without a company for what lies between the companies of an
-- office. A row is that subject's job of a day: the daily fan-out makes it pending again, so the table
-- does not grow with time and no subject is worked on twice at once.
CREATE TABLE IF NOT EXISTS worker.risk_jobs (
    id text PRIMARY KEY,
    tenant_id text NOT NULL REFERENCES tenants (id) ON UPDATE CASCADE ON DELETE CASCADE,
    client_company_id text REFERENCES client_companies (id) ON UPDATE CASCADE ON DELETE CASCADE,
    day date NOT NULL,
    status varchar(50) NOT NULL DEFAULT 'pending',
    priority smallint NOT NULL DEFAULT 0,
    run_at timestamptz(6) NOT NULL DEFAULT now(),
    attempts integer NOT NULL DEFAULT 0,
    max_attempts smallint NOT NULL DEFAULT 3,
    started_at timestamptz(6),
    finished_at timestamptz(6),
    last_error text,
    user_message text,
    lease_token bigint NOT NULL DEFAULT 0,
    lease_owner text,
    lease_expires_at timestamptz(6),
    created_at timestamptz(6) NOT NULL DEFAULT now(),
    updated_at timestamptz(6) NOT NULL DEFAULT now()
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

-- "Nulls not distinct" needs PostgreSQL 15.
CREATE UNIQUE INDEX IF NOT EXISTS risk_jobs_subject_idx
    ON worker.risk_jobs (tenant_id, (coalesce(client_company_id, '')));
CREATE INDEX IF NOT EXISTS risk_jobs_company_idx ON worker.risk_jobs (client_company_id);
CREATE INDEX IF NOT EXISTS risk_jobs_due_idx
    ON worker.risk_jobs (tenant_id, priority, run_at, id) WHERE status = 'pending';
CREATE INDEX IF NOT EXISTS risk_jobs_running_idx ON worker.risk_jobs (id) WHERE status = 'in_progress';

-- What counted for an office, each version as it was: text, so that a replay gives the same bytes.
CREATE TABLE IF NOT EXISTS worker.rule_sets (
    tenant_id text NOT NULL REFERENCES tenants (id) ON UPDATE CASCADE ON DELETE CASCADE,
    version integer NOT NULL CHECK (version > 0),
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    content text NOT NULL,
    created_at timestamptz(6) NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, version),
    UNIQUE (tenant_id, digest)
);

CREATE OR REPLACE FUNCTION worker.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION 'a rule set is never changed; a change makes a new version';
END $$;

DO $$ BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM pg_trigger
        WHERE tgrelid = 'worker.rule_sets'::regclass AND tgname = 'rule_sets_immutable'
    ) THEN
        CREATE TRIGGER rule_sets_immutable
            BEFORE UPDATE OF version, digest, content ON worker.rule_sets
            FOR EACH ROW EXECUTE FUNCTION worker.refuse_change();
    END IF;
END $$;

-- Every score of a day with what it was made of. `level` is the severity after hysteresis.
CREATE TABLE IF NOT EXISTS worker.risk_evaluations (
    tenant_id text NOT NULL REFERENCES tenants (id) ON UPDATE CASCADE ON DELETE CASCADE,
    entity_type varchar(50) NOT NULL,
    entity_id text NOT NULL,
    day date NOT NULL,
    rule_set_version integer NOT NULL,
    input_digest bytea NOT NULL CHECK (octet_length(input_digest) = 32),
    facts text NOT NULL,
    result text NOT NULL,
    level varchar(50) NOT NULL,
    level_since date NOT NULL,
    calm_days integer NOT NULL DEFAULT 0,
    evaluated_at timestamptz(6) NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, entity_type, entity_id, day)
);
CREATE INDEX IF NOT EXISTS risk_evaluations_day_idx ON worker.risk_evaluations (day);

-- What was found, by what makes it the same finding tomorrow, and what became of it.
CREATE TABLE IF NOT EXISTS worker.risk_findings (
    tenant_id text NOT NULL REFERENCES tenants (id) ON UPDATE CASCADE ON DELETE CASCADE,
    client_company_id text NOT NULL
        REFERENCES client_companies (id) ON UPDATE CASCADE ON DELETE CASCADE,
    kind varchar(100) NOT NULL,
    fingerprint text NOT NULL,
    evidence text NOT NULL,
    family text NOT NULL DEFAULT '',
    severity varchar(50) NOT NULL,
    narrow boolean NOT NULL DEFAULT false,
    state varchar(50) NOT NULL,
    alert_id text,
    detail text NOT NULL,
    message text NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    first_seen_at timestamptz(6) NOT NULL DEFAULT now(),
    last_seen_at timestamptz(6) NOT NULL DEFAULT now(),
    occurrences integer NOT NULL DEFAULT 1,
    closed_reason varchar(50),
    PRIMARY KEY (tenant_id, client_company_id, kind, fingerprint)
);
CREATE INDEX IF NOT EXISTS risk_findings_company_idx ON worker.risk_findings (client_company_id);
CREATE INDEX IF NOT EXISTS risk_findings_alert_idx
    ON worker.risk_findings (alert_id) WHERE alert_id IS NOT NULL;

-- Families of findings that nobody wants to hear of until a day.
CREATE TABLE IF NOT EXISTS worker.risk_mutings (
    id bigserial PRIMARY KEY,
    tenant_id text NOT NULL REFERENCES tenants (id) ON UPDATE CASCADE ON DELETE CASCADE,
    client_company_id text NOT NULL
        REFERENCES client_companies (id) ON UPDATE CASCADE ON DELETE CASCADE,
    kind varchar(100) NOT NULL,
    family text NOT NULL DEFAULT '',
    until date NOT NULL,
    reason text NOT NULL,
    created_at timestamptz(6) NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, client_company_id, kind, family)
);
CREATE INDEX IF NOT EXISTS risk_mutings_company_idx ON worker.risk_mutings (client_company_id);
