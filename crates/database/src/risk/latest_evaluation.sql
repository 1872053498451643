-- The newest score of a company or document, for an operator who knows its id.
SELECT e.tenant_id, e.entity_type::text AS entity_type, e.entity_id, e.day, e.rule_set_version,
    e.input_digest, e.facts, e.result, e.level::text AS level, e.level_since, e.evaluated_at, e.unusual_entries,
    r.content AS rules, coalesce(c.name::text, d.original_file_name::text) AS name
FROM worker.risk_evaluations e
LEFT JOIN worker.rule_sets r ON r.tenant_id = e.tenant_id AND r.version = e.rule_set_version
LEFT JOIN client_companies c
    ON e.entity_type = 'company' AND c.id = e.entity_id AND c.tenant_id = e.tenant_id
LEFT JOIN documents d
    ON e.entity_type = 'document' AND d.id = e.entity_id AND d.tenant_id = e.tenant_id
WHERE e.entity_id = $1
ORDER BY e.day DESC, e.evaluated_at DESC
LIMIT 1
