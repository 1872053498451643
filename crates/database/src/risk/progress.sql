-- How far the day's calculations are, for an operator: all offices, or one, or one company.
SELECT count(*) FILTER (WHERE status = 'pending') AS pending,
    count(*) FILTER (WHERE status = 'in_progress') AS running,
    count(*) FILTER (WHERE status = 'succeeded') AS succeeded,
    count(*) FILTER (WHERE status = 'failed') AS failed,
    count(*) FILTER (WHERE status = 'cancelled') AS cancelled
FROM worker.risk_jobs
WHERE day >= $1::date AND ($2::text IS NULL OR tenant_id = $2)
  AND ($3::text IS NULL OR client_company_id = $3)
