WITH row AS MATERIALIZED (
    SELECT *
    FROM unnest(
        $2::text[], $3::text[], $4::text[], $5::date[], $6::text[], $7::text[], $8::boolean[]
    ) AS row (id, client_company_id, external_id, date, reference, description, is_new)
), changed AS (
    UPDATE transactions t
    SET client_company_id = row.client_company_id, date = row.date AT TIME ZONE 'UTC',
        reference_no = row.reference, description = row.description, source = 'integration',
        updated_at = now()
    FROM row
    WHERE t.id = row.id AND t.tenant_id = $1 AND NOT row.is_new
)
INSERT INTO transactions (
    id, tenant_id, client_company_id, external_id, date, reference_no, description, source, updated_at
)
SELECT id, $1, client_company_id, external_id, date AT TIME ZONE 'UTC', reference, description,
    'integration', now()
FROM row
WHERE is_new
