-- Rows of imports that are there more than once, as importers before this worker made them: those of
-- one office with the same number, company, day and amount. For operators.
SELECT 'invoices' AS stream, i.tenant_id, i.external_id::text, count(*) AS rows,
    array_to_string(array_agg(i.id ORDER BY i.created_at, i.id), ' ') AS ids
FROM invoices i
WHERE i.external_id IS NOT NULL AND i.source = 'integration'
  AND ($1::text IS NULL OR i.tenant_id = $1)
GROUP BY i.tenant_id, i.external_id, i.client_company_id, i.type, i.issue_date, i.total_amount
HAVING count(*) > 1
UNION ALL
SELECT 'bank_transactions', t.tenant_id, t.external_id::text, count(*),
    array_to_string(array_agg(t.id ORDER BY t.created_at, t.id), ' ')
FROM transactions t
WHERE t.external_id IS NOT NULL AND t.source = 'integration'
  AND ($1::text IS NULL OR t.tenant_id = $1)
GROUP BY t.tenant_id, t.external_id, t.client_company_id, t.date
HAVING count(*) > 1
ORDER BY 1, 2, 3
LIMIT $2
