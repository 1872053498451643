-- Invoices since $2 whose counterparty is another company of the same office, one row each: what lies
-- between the companies, in one pass over the office's invoices.
SELECT i.id, i.type::text AS kind, i.issue_date, i.total_amount, i.client_company_id AS company,
    other.id AS counterparty
FROM invoices i
JOIN client_companies other
    ON other.tenant_id = i.tenant_id AND other.tax_number = i.counterparty_tax_number
   AND other.id <> i.client_company_id
WHERE i.tenant_id = $1 AND i.issue_date >= $2 AND i.issue_date < $3
  AND i.status IN ('kesildi', 'muhasebeleştirilmiş') AND i.currency = 'TRY'
ORDER BY i.issue_date, i.id
