-- The company's invoices since $3, one row for each rate of KDV that their lines have, and one for an
-- invoice without lines. OFFSET 0 and the order are as in entries.sql.
SELECT i.id, i.type, i.status, i.external_id, i.issue_date, i.due_date, i.created_at, i.total_amount,
    i.tax_amount, i.currency, i.counterparty_name, i.counterparty_tax_number, k.rate, k.net, k.kdv
FROM invoices i
LEFT JOIN LATERAL (
    SELECT l.vat_rate AS rate, sum(l.line_total) AS net, sum(l.vat_amount) AS kdv
    FROM invoice_lines l
    WHERE l.invoice_id = i.id AND l.tenant_id = $1
    GROUP BY l.vat_rate
    OFFSET 0
) k ON true
WHERE i.tenant_id = $1 AND i.client_company_id = $2 AND i.issue_date >= $3 AND i.issue_date < $4
ORDER BY i.issue_date, i.id
