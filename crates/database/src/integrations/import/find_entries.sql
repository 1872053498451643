-- Journal entries that the records may be; as for invoices. Movements have no number that two sources
-- share: of a source that is gone, those that moved the same account on the same day by the same amount.
WITH wanted AS MATERIALIZED (
    SELECT unnest($3::text[]) AS id
    UNION
    SELECT id FROM transactions
    WHERE tenant_id = $1 AND external_id = ANY ($4::text[]) AND source = 'integration'
    UNION
    SELECT t.id
    FROM tenant_integrations mine
    JOIN tenant_integrations theirs
        ON theirs.tenant_id = $1 AND theirs.id <> mine.id
       AND (theirs.status = 'disconnected'
            OR theirs.status = 'error' AND theirs.provider_id = mine.provider_id)
    JOIN worker.sync_records r
        ON r.integration_id = theirs.id AND r.tenant_id = $1 AND r.stream = 'bank_transactions'
       AND r.owns_row
    JOIN transactions t ON t.id = r.row_id AND t.tenant_id = $1
    JOIN transaction_lines l ON l.transaction_id = t.id AND l.tenant_id = $1
    JOIN unnest($5::text[], $6::date[], $7::numeric[]) AS moved (account, day, amount)
        ON moved.account = l.ledger_account_id
       AND moved.day::timestamp AT TIME ZONE 'UTC' = t.date
       AND moved.amount = l.debit_amount - l.credit_amount
    WHERE mine.id = $2 AND mine.tenant_id = $1
)
SELECT t.id, t.client_company_id, t.external_id::text,
    coalesce(NOT owner.is_gone, false) AS owned, owner.client_company_id AS owner_company_id,
    CASE WHEN owner.is_gone THEN owner.written_hash END AS former_hash,
    EXISTS (
        SELECT 1
        FROM (
            SELECT r.integration_id FROM worker.sync_records r
            WHERE r.row_id = t.id AND r.tenant_id = $1 OFFSET 0
        ) r
        WHERE r.integration_id = $2
    ) AS linked_here,
    NULL::text AS ettn, NULL::text AS document_key,
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
    SELECT r.client_company_id, r.written_hash,
        theirs.id <> mine.id AND (theirs.status = 'disconnected'
            OR theirs.status = 'error' AND theirs.provider_id = mine.provider_id) AS is_gone
    FROM (
        SELECT * FROM worker.sync_records r
        WHERE r.row_id = t.id AND r.tenant_id = $1 AND r.owns_row OFFSET 0
    ) r
    JOIN tenant_integrations theirs ON theirs.id = r.integration_id
    JOIN tenant_integrations mine ON mine.id = $2
    ORDER BY is_gone
    LIMIT 1
) owner ON true
ORDER BY t.created_at, t.id
FOR NO KEY UPDATE OF t
