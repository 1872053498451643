-- What scores were made of, of all offices, is kept for a while only.
DELETE FROM worker.risk_evaluations WHERE day < $1::date
