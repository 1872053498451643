-- Journal entries that the records may be; as for invoices.
WITH wanted AS MATERIALIZED (
    SELECT unnest($3::text[]) AS id
    UNION
    SELECT id FROM transactions
    WHERE tenant_id = $1 AND external_id = ANY ($4::text[]) AND source = 'integration'
)
SELECT t.id, t.client_company_id, t.external_id::text,
    owner.row_id IS NOT NULL AS owned, NULL::text AS owner_company_id, NULL::text AS ettn, NULL::text AS document_key,
    jsonb_build_object(
        'date', (t.date AT TIME ZONE 'UTC')::date,
        'reference', t.reference_no, 'description', t.description,
        'lines', coalesce((
            SELECT jsonb_agg(jsonb_build_object(
                'ledger_account_id', l.ledger_account_id,
                'debit', l.debit_amount::text, 'credit', l.credit_amount::text
            ) ORDER BY l.debit_amount DESC, l.id)
            FROM transaction_lines l
            WHERE l.transaction_id = t.id AND l.tenant_id = $1
        ), '[]')
    ) AS content
FROM wanted
JOIN transactions t ON t.id = wanted.id AND t.tenant_id = $1
LEFT JOIN LATERAL (
    SELECT r.row_id
    FROM worker.sync_records r
    JOIN tenant_integrations theirs ON theirs.id = r.integration_id
    JOIN tenant_integrations mine ON mine.id = $2
    WHERE r.row_id = t.id AND r.tenant_id = $1 AND r.owns_row
      AND (theirs.id = mine.id OR theirs.status <> 'disconnected'
           OR theirs.provider_id <> mine.provider_id)
    LIMIT 1
) owner ON true
ORDER BY t.created_at, t.id
FOR NO KEY UPDATE OF t
