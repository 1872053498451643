INSERT INTO worker.risk_mutings (tenant_id, client_company_id, kind, family, until, reason)
SELECT c.tenant_id, c.id, $2, $3, $4::date, $5
FROM client_companies c
WHERE c.id = $1
ON CONFLICT (tenant_id, client_company_id, kind, family) DO UPDATE SET
    until = excluded.until, reason = excluded.reason
