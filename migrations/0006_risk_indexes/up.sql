-- A company's window of the ledger, without reading its whole history.
CREATE INDEX CONCURRENTLY IF NOT EXISTS worker_transactions_window_idx
    ON transactions (tenant_id, client_company_id, date);

-- The same for its invoices.
CREATE INDEX CONCURRENTLY IF NOT EXISTS worker_invoices_window_idx
    ON invoices (tenant_id, client_company_id, issue_date);
