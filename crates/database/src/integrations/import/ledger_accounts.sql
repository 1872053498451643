SELECT id, code::text
FROM ledger_accounts
WHERE tenant_id = $1 AND (starts_with(code, '102') OR code = $2)
