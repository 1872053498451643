-- Issued invoices that were not pushed yet, oldest first, after a place. What came from the integration
-- itself is not sent back to it.
SELECT i.id, jsonb_build_object(
        'kind', i.type, 'status', i.status,
        'issue_date', (i.issue_date AT TIME ZONE 'UTC')::date,
        'due_date', (i.due_date AT TIME ZONE 'UTC')::date,
        'total_amount', i.total_amount::text, 'tax_amount', i.tax_amount::text,
        'net_amount', i.net_amount::text, 'currency', i.currency,
        'counterparty_name', i.counterparty_name,
        'counterparty_tax_number', i.counterparty_tax_number,
        'lines', coalesce((
            SELECT jsonb_agg(jsonb_build_object(
                'description', l.description, 'quantity', l.quantity::text,
                'unit_price', l.unit_price::text, 'line_total', l.line_total::text,
                'vat_rate', l.vat_rate::text, 'vat_amount', l.vat_amount::text
            ) ORDER BY l.line_number, l.id)
            FROM invoice_lines l
            WHERE l.invoice_id = i.id AND l.tenant_id = $1
        ), '[]')
    ) AS content,
    coalesce(i.metadata ->> 'invoiceNumber', i.external_id) AS number,
    i.metadata ->> 'invoiceType' AS invoice_type, i.metadata ->> 'exchangeRate' AS exchange_rate
FROM invoices i
WHERE i.tenant_id = $1 AND i.status = 'kesildi' AND i.pushed_at IS NULL
  AND ($3::text IS NULL OR i.client_company_id = $3)
  AND (i.issue_date, i.id) > (
      SELECT coalesce(max(p.issue_date), '-infinity'), coalesce(max(p.id), '')
      FROM invoices p WHERE p.id = $4 AND p.tenant_id = $1
  )
  AND NOT EXISTS (
      SELECT 1 FROM worker.sync_records r
      WHERE r.row_id = i.id AND r.tenant_id = $1 AND r.integration_id = $2
  )
ORDER BY i.issue_date, i.id
LIMIT $5
