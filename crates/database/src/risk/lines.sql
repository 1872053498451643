-- Every line of the company's entries since $3, one row each; lines of an entry follow each other, and
-- an entry without lines has one row without an account.
SELECT t.id, t.date, t.created_at, t.source::text AS source, t.reference_no::text AS reference_no,
    l.ledger_account_id, l.debit_amount, l.credit_amount
FROM transactions t
LEFT JOIN transaction_lines l ON l.transaction_id = t.id AND l.tenant_id = t.tenant_id
WHERE t.tenant_id = $1 AND t.client_company_id = $2 AND t.date >= $3 AND t.date < $4
ORDER BY t.date, t.id
