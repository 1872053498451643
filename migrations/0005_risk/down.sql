DROP TABLE IF EXISTS worker.risk_mutings;
DROP TABLE IF EXISTS worker.risk_findings;
DROP TABLE IF EXISTS worker.risk_evaluations;
DROP TABLE IF EXISTS worker.rule_sets;
DROP FUNCTION IF EXISTS worker.refuse_change();
DROP TABLE IF EXISTS worker.risk_jobs;

-- Periodic work of a worker that knows these tables would fail without them.
DELETE FROM worker.periodic_schedules WHERE name = 'risk-calculation';
