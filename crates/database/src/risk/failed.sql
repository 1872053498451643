-- Calculations that were given up, for an operator.
SELECT tenant_id, client_company_id, last_error
FROM worker.risk_jobs
WHERE status = 'failed' AND day >= $1::date AND ($2::text IS NULL OR tenant_id = $2)
  AND ($3::text IS NULL OR client_company_id = $3)
ORDER BY tenant_id, client_company_id
LIMIT 50
