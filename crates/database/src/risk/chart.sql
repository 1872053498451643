SELECT id, code::text AS code, name::text AS name, is_active
FROM ledger_accounts
WHERE tenant_id = $1
