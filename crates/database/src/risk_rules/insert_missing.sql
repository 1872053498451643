-- No unique key keeps two rules of the platform with one code apart, so the seed asks first; the
-- caller holds a lock.
INSERT INTO risk_rules
    (id, scope, code, description, weight, is_active, default_severity, config, updated_at)
SELECT id, scope, code, description, weight, true, severity, config, now()
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::numeric[], $6::text[], $7::jsonb[])
    AS rule (id, scope, code, description, weight, severity, config)
WHERE NOT EXISTS (
    SELECT 1 FROM risk_rules known WHERE known.tenant_id IS NULL AND known.code = rule.code)
RETURNING code
