-- The office's bank accounts with these IBANs, which people type with blanks, and the ledger account
-- of each, and whether another source brings its movements: one of the same provider that is in error
-- does not. An account that a person deleted from the company's is still one of the ledger.
SELECT b.id, b.client_company_id, asked.iban, b.currency::text, l.ledger_account_id,
    l.integration_id IS NOT DISTINCT FROM $3 AS served_by_us,
    EXISTS (
        SELECT 1 FROM tenant_integrations i
        JOIN tenant_integrations mine ON mine.id = $3
        WHERE i.id = l.integration_id AND i.id <> $3 AND i.status <> 'disconnected'
          AND NOT (i.status = 'error' AND i.provider_id = mine.provider_id)
    ) AS served_elsewhere
FROM unnest($2::text[]) AS asked (iban)
LEFT JOIN client_company_bank_accounts b
    ON b.tenant_id = $1 AND upper(regexp_replace(b.iban, '\s', '', 'g')) = asked.iban
LEFT JOIN worker.bank_ledger_accounts l ON l.tenant_id = $1 AND l.iban = asked.iban
WHERE b.id IS NOT NULL OR l.iban IS NOT NULL
ORDER BY b.created_at, b.id
