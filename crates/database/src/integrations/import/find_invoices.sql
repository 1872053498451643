-- Rows that the records may be: by their ids, by what another source says of the same invoice, and by
-- the number that an import gave them before this worker kept identities. A source of the same
-- provider that was disconnected or is in error owns nothing any more; how it wrote its rows tells
-- whether a person edited them since. Locked, so that nobody edits them meanwhile. OFFSET 0 keeps the
-- planner at a probe for each row and key also while no statistics say that an integration has many records.
WITH wanted AS MATERIALIZED (
    SELECT unnest($3::text[]) AS id
    UNION
    SELECT r.row_id
    FROM unnest($4::text[]) AS given (ettn)
    CROSS JOIN LATERAL (
        SELECT row_id FROM worker.sync_records
        WHERE tenant_id = $1 AND ettn = given.ettn AND owns_row AND stream = 'invoices' OFFSET 0
    ) r
    UNION
    SELECT r.row_id
    FROM unnest($5::text[]) AS given (document_key)
    CROSS JOIN LATERAL (
        SELECT row_id FROM worker.sync_records
        WHERE tenant_id = $1 AND document_key = given.document_key AND owns_row
          AND stream = 'invoices' OFFSET 0
    ) r
    UNION
    SELECT i.id
    FROM unnest($6::text[]) AS given (external_id)
    CROSS JOIN LATERAL (
        SELECT id FROM invoices
        WHERE tenant_id = $1 AND external_id = given.external_id AND source = 'integration' OFFSET 0
    ) i
)
SELECT i.id, i.client_company_id, i.external_id::text,
    coalesce(NOT owner.is_gone, false) AS owned, owner.client_company_id AS owner_company_id,
    CASE WHEN owner.is_gone THEN owner.written_hash END AS former_hash,
    EXISTS (
        SELECT 1
        FROM (
            SELECT r.integration_id FROM worker.sync_records r
            WHERE r.row_id = i.id AND r.tenant_id = $1 OFFSET 0
        ) r
        WHERE r.integration_id = $2
    ) AS linked_here,
    owner.ettn, owner.document_key,
    jsonb_build_object(
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
    ) AS content
FROM wanted
JOIN invoices i ON i.id = wanted.id AND i.tenant_id = $1
LEFT JOIN LATERAL (
    SELECT r.client_company_id, r.ettn, r.document_key, r.written_hash,
        theirs.id <> mine.id AND theirs.provider_id = mine.provider_id
            AND theirs.status IN ('disconnected', 'error') AS is_gone
    FROM (
        SELECT * FROM worker.sync_records r
        WHERE r.row_id = i.id AND r.tenant_id = $1 AND r.owns_row OFFSET 0
    ) r
    JOIN tenant_integrations theirs ON theirs.id = r.integration_id
    JOIN tenant_integrations mine ON mine.id = $2
    ORDER BY is_gone
    LIMIT 1
) owner ON true
ORDER BY i.created_at, i.id
FOR NO KEY UPDATE OF i
