-- One job for each active company of an active office, and one for what lies between its companies.
-- A subject whose job is of this day already is left alone, unless it is asked for again ($4); one that
-- is being worked on is left alone in any case.
WITH subject AS (
    SELECT 'risk_' || c.id AS id, c.tenant_id, c.id AS client_company_id
    FROM client_companies c
    JOIN tenants t ON t.id = c.tenant_id
    WHERE c.is_active AND t.status = 'ACTIVE'
      AND ($2::text IS NULL OR c.tenant_id = $2) AND ($3::text IS NULL OR c.id = $3)
    UNION ALL
    SELECT 'between_' || t.id, t.id, NULL
    FROM tenants t
    WHERE t.status = 'ACTIVE' AND $3::text IS NULL AND ($2::text IS NULL OR t.id = $2)
      AND EXISTS (SELECT 1 FROM client_companies c WHERE c.tenant_id = t.id AND c.is_active)
), made AS (
    INSERT INTO worker.risk_jobs AS j (id, tenant_id, client_company_id, day)
    SELECT id, tenant_id, client_company_id, $1::date FROM subject
    ON CONFLICT (id) DO UPDATE SET
        day = excluded.day, status = 'pending', attempts = 0, run_at = now(), last_error = NULL,
        user_message = NULL, finished_at = NULL, updated_at = now()
    WHERE j.status <> 'in_progress' AND (j.day < excluded.day OR $4::bool)
    RETURNING j.id
), woken AS MATERIALIZED (
    SELECT pg_notify('worker_jobs', 'risk_calculation') FROM made LIMIT 1
)
SELECT (SELECT count(*) FROM subject) AS subjects, (SELECT count(*) FROM made) AS made,
    (SELECT count(*) FROM woken) AS woken
