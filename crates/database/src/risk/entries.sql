-- The company's entries since $3 with every line, one row each; an entry without lines has one row
-- without an account. A lateral query with OFFSET 0 stays a probe for each entry, so that no plan reads
-- the lines of other companies. The order keeps an entry's lines together under every plan, also where
-- several processes bring the rows; it is made of the entries alone, before their lines.
SELECT t.id, t.date, t.created_at, t.source, t.reference_no, l.ledger_account_id, l.debit_amount,
    l.credit_amount
FROM transactions t
LEFT JOIN LATERAL (
    SELECT l.ledger_account_id, l.debit_amount, l.credit_amount
    FROM transaction_lines l
    WHERE l.transaction_id = t.id AND l.tenant_id = $1
    OFFSET 0
) l ON true
WHERE t.tenant_id = $1 AND t.client_company_id = $2 AND t.date >= $3 AND t.date < $4
ORDER BY t.date, t.id
