-- The company's invoices since $3 with their KDV by rate, as their lines have it.
SELECT i.id, i.type::text AS kind, i.status::text AS status, i.external_id::text AS external_id,
    i.issue_date, i.due_date, i.created_at, i.total_amount, i.tax_amount,
    i.currency::text AS currency, i.counterparty_name::text AS counterparty_name,
    i.counterparty_tax_number::text AS counterparty_tax_number, k.rates, k.nets, k.kdvs
FROM invoices i
LEFT JOIN LATERAL (
    SELECT array_agg(rate ORDER BY rate) AS rates, array_agg(net ORDER BY rate) AS nets,
        array_agg(kdv ORDER BY rate) AS kdvs
    FROM (
        SELECT l.vat_rate AS rate, sum(l.line_total) AS net, sum(l.vat_amount) AS kdv
        FROM invoice_lines l
        WHERE l.invoice_id = i.id AND l.tenant_id = i.tenant_id
        GROUP BY l.vat_rate
    ) by_rate
) k ON true
WHERE i.tenant_id = $1 AND i.client_company_id = $2 AND i.issue_date >= $3 AND i.issue_date < $4
ORDER BY i.issue_date, i.id
