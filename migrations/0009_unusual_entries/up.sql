-- The entries of a company that are least like its others, with what each owes its place to: a reading
-- list beside the score of the day, never an alert. JSON text.
ALTER TABLE worker.risk_evaluations ADD COLUMN IF NOT EXISTS unusual_entries text;
