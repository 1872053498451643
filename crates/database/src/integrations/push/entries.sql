-- Movements of bank accounts that were not pushed yet, oldest first, after a place: entries with one
-- line on the ledger account of one bank account. Money in is a debit of it.
SELECT t.id, (t.date AT TIME ZONE 'UTC')::date AS date, t.description, bank.iban::text,
    bank.debit_amount - bank.credit_amount AS amount
FROM transactions t
CROSS JOIN LATERAL (
    SELECT min(a.iban) AS iban, sum(l.debit_amount) AS debit_amount,
        sum(l.credit_amount) AS credit_amount, count(*) AS lines
    FROM transaction_lines l
    JOIN worker.bank_ledger_accounts a
        ON a.ledger_account_id = l.ledger_account_id AND a.tenant_id = $1
    WHERE l.transaction_id = t.id AND l.tenant_id = $1
) bank
WHERE t.tenant_id = $1 AND t.pushed_at IS NULL AND bank.lines = 1
  AND ($3::text IS NULL OR t.client_company_id = $3)
  AND (t.date, t.id) > (
      SELECT coalesce(max(p.date), '-infinity'), coalesce(max(p.id), '')
      FROM transactions p WHERE p.id = $4 AND p.tenant_id = $1
  )
  AND NOT EXISTS (
      SELECT 1 FROM worker.sync_records r
      WHERE r.row_id = t.id AND r.tenant_id = $1 AND r.integration_id = $2
  )
ORDER BY t.date, t.id
LIMIT $5
