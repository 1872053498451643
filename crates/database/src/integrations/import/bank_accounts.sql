-- The office's bank accounts with these IBANs, which people type with blanks, and the ledger account
-- of each, and whether another source brings its movements.
SELECT b.id, b.client_company_id, upper(regexp_replace(b.iban, '\s', '', 'g')) AS iban,
    b.currency::text, l.ledger_account_id, l.integration_id IS NOT DISTINCT FROM $3 AS served_by_us,
    EXISTS (
        SELECT 1 FROM tenant_integrations i
        WHERE i.id = l.integration_id AND i.id <> $3 AND i.status <> 'disconnected'
    ) AS served_elsewhere
FROM client_company_bank_accounts b
LEFT JOIN worker.bank_ledger_accounts l
    ON l.tenant_id = $1 AND l.iban = upper(regexp_replace(b.iban, '\s', '', 'g'))
WHERE b.tenant_id = $1 AND upper(regexp_replace(b.iban, '\s', '', 'g')) = ANY ($2::text[])
ORDER BY b.created_at, b.id
