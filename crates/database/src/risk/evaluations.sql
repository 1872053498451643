SELECT entity_type::text AS entity_type, entity_id, day, facts, result
FROM worker.risk_evaluations
WHERE tenant_id = $1 AND day >= $2::date AND day <= $3::date
ORDER BY entity_type, entity_id, day
