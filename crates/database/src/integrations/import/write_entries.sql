WITH plans AS MATERIALIZED (
    -- The checks of foreign keys at the end of this statement: planned once, not for each row.
    SELECT set_config('plan_cache_mode', 'auto', true) AS mode
), incoming AS MATERIALIZED (
    SELECT incoming.*
    FROM plans, unnest(
        $2::text[], $3::text[], $4::text[], $5::date[], $6::text[], $7::text[], $8::boolean[]
    ) AS incoming (id, client_company_id, external_id, date, reference, description, is_new)
), changed AS (
    UPDATE transactions t
    SET client_company_id = incoming.client_company_id, date = incoming.date::timestamp AT TIME ZONE 'UTC',
        reference_no = incoming.reference, description = incoming.description, source = 'integration',
        updated_at = now()
    FROM incoming
    WHERE t.id = incoming.id AND t.tenant_id = $1 AND NOT incoming.is_new
)
INSERT INTO transactions (
    id, tenant_id, client_company_id, external_id, date, reference_no, description, source, updated_at
)
SELECT id, $1, client_company_id, external_id, date::timestamp AT TIME ZONE 'UTC', reference, description,
    'integration', now()
FROM incoming
WHERE is_new
