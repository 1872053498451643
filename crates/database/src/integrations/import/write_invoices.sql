-- New rows and changed ones; dates are stored as the platform stores them, midnight of the day in UTC.
WITH plans AS MATERIALIZED (
    -- The checks of foreign keys at the end of this statement: planned once, not for each row.
    SELECT set_config('plan_cache_mode', 'auto', true) AS mode
), incoming AS MATERIALIZED (
    SELECT incoming.*
    FROM plans, unnest(
        $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::date[], $8::date[],
        $9::numeric[], $10::numeric[], $11::numeric[], $12::text[], $13::text[], $14::text[],
        $15::jsonb[], $16::boolean[]
    ) AS incoming (
        id, client_company_id, external_id, kind, status, issue_date, due_date,
        total_amount, tax_amount, net_amount, currency, counterparty_name, counterparty_tax_number,
        metadata, is_new
    )
), changed AS (
    UPDATE invoices i
    SET client_company_id = incoming.client_company_id, type = incoming.kind, status = incoming.status,
        issue_date = incoming.issue_date::timestamp AT TIME ZONE 'UTC', due_date = incoming.due_date::timestamp AT TIME ZONE 'UTC',
        total_amount = incoming.total_amount, tax_amount = incoming.tax_amount, net_amount = incoming.net_amount,
        currency = incoming.currency, counterparty_name = incoming.counterparty_name,
        counterparty_tax_number = incoming.counterparty_tax_number, source = 'integration',
        metadata = coalesce(i.metadata, '{}') || incoming.metadata, updated_at = now()
    FROM incoming
    WHERE i.id = incoming.id AND i.tenant_id = $1 AND NOT incoming.is_new
)
INSERT INTO invoices (
    id, tenant_id, client_company_id, external_id, type, status, issue_date, due_date,
    total_amount, tax_amount, net_amount, currency, counterparty_name, counterparty_tax_number,
    metadata, source, updated_at
)
SELECT id, $1, client_company_id, external_id, kind, status, issue_date::timestamp AT TIME ZONE 'UTC',
    due_date::timestamp AT TIME ZONE 'UTC', total_amount, tax_amount, net_amount, currency, counterparty_name,
    counterparty_tax_number, metadata, 'integration', now()
FROM incoming
WHERE is_new
