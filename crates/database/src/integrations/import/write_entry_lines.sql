-- The lines of new and changed entries; those of changed ones take the place of the old.
WITH plans AS MATERIALIZED (
    -- The checks of foreign keys at the end of this statement: planned once, not for each row.
    SELECT set_config('plan_cache_mode', 'auto', true) AS mode
), gone AS (
    DELETE FROM transaction_lines WHERE tenant_id = $1 AND transaction_id = ANY ($2::text[])
)
INSERT INTO transaction_lines (
    id, tenant_id, transaction_id, ledger_account_id, debit_amount, credit_amount, description,
    updated_at
)
SELECT id, $1, transaction_id, ledger_account_id, debit, credit, description, now()
FROM plans, unnest($3::text[], $4::text[], $5::text[], $6::numeric[], $7::numeric[], $8::text[])
    AS line (id, transaction_id, ledger_account_id, debit, credit, description)
