-- The lines of new and changed invoices; those of changed ones take the place of the old.
WITH plans AS MATERIALIZED (
    -- The checks of foreign keys at the end of this statement: planned once, not for each row.
    SELECT set_config('plan_cache_mode', 'auto', true) AS mode
), gone AS (
    DELETE FROM invoice_lines WHERE tenant_id = $1 AND invoice_id = ANY ($2::text[])
)
INSERT INTO invoice_lines (
    id, tenant_id, invoice_id, line_number, description, quantity, unit_price, line_total, vat_rate,
    vat_amount, updated_at
)
SELECT id, $1, invoice_id, line_number, description, quantity, unit_price, line_total, vat_rate,
    vat_amount, now()
FROM plans, unnest(
    $3::text[], $4::text[], $5::int[], $6::text[], $7::numeric[], $8::numeric[], $9::numeric[],
    $10::numeric[], $11::numeric[]
) AS line (
    id, invoice_id, line_number, description, quantity, unit_price, line_total, vat_rate, vat_amount
)
