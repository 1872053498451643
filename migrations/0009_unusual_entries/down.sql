ALTER TABLE IF EXISTS worker.risk_evaluations DROP COLUMN IF EXISTS unusual_entries;
