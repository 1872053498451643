-- New rows and changed ones; dates are stored as the platform stores them, midnight of the day in UTC.
WITH row AS MATERIALIZED (
    SELECT *
    FROM unnest(
        $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::date[], $8::date[],
        $9::numeric[], $10::numeric[], $11::numeric[], $12::text[], $13::text[], $14::text[],
        $15::jsonb[], $16::boolean[]
    ) AS row (
        id, client_company_id, external_id, kind, status, issue_date, due_date,
        total_amount, tax_amount, net_amount, currency, counterparty_name, counterparty_tax_number,
        metadata, is_new
    )
), changed AS (
    UPDATE invoices i
    SET client_company_id = row.client_company_id, type = row.kind, status = row.status,
        issue_date = row.issue_date AT TIME ZONE 'UTC', due_date = row.due_date AT TIME ZONE 'UTC',
        total_amount = row.total_amount, tax_amount = row.tax_amount, net_amount = row.net_amount,
        currency = row.currency, counterparty_name = row.counterparty_name,
        counterparty_tax_number = row.counterparty_tax_number, source = 'integration',
        metadata = coalesce(i.metadata, '{}') || row.metadata, updated_at = now()
    FROM row
    WHERE i.id = row.id AND i.tenant_id = $1 AND NOT row.is_new
)
INSERT INTO invoices (
    id, tenant_id, client_company_id, external_id, type, status, issue_date, due_date,
    total_amount, tax_amount, net_amount, currency, counterparty_name, counterparty_tax_number,
    metadata, source, updated_at
)
SELECT id, $1, client_company_id, external_id, kind, status, issue_date AT TIME ZONE 'UTC',
    due_date AT TIME ZONE 'UTC', total_amount, tax_amount, net_amount, currency, counterparty_name,
    counterparty_tax_number, metadata, 'integration', now()
FROM row
WHERE is_new
