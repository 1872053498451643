-- Bank accounts, ledger accounts, and which is whose.
WITH bank_account AS (
    INSERT INTO client_company_bank_accounts
        (id, tenant_id, client_company_id, bank_name, iban, currency, updated_at)
    SELECT id, $1 AS tenant_id, client_company_id, bank_name, iban, currency, now()
    FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
        AS new (id, client_company_id, bank_name, iban, currency)
), ledger_account AS (
    INSERT INTO ledger_accounts (id, tenant_id, code, name, type, updated_at)
    SELECT id, $1, code, name, kind, now()
    FROM unnest($7::text[], $8::text[], $9::text[], $10::text[]) AS new (id, code, name, kind)
)
INSERT INTO worker.bank_ledger_accounts (tenant_id, iban, ledger_account_id, integration_id)
SELECT $1, iban, ledger_account_id, $13
FROM unnest($11::text[], $12::text[]) AS new (iban, ledger_account_id)
ON CONFLICT (tenant_id, iban) DO UPDATE
SET ledger_account_id = excluded.ledger_account_id, integration_id = excluded.integration_id
