DROP INDEX CONCURRENTLY IF EXISTS worker_transactions_window_idx;

DROP INDEX CONCURRENTLY IF EXISTS worker_invoices_window_idx;
