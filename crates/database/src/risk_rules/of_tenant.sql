SELECT id, tenant_id, scope, code, description, weight, is_active, default_severity,
    coalesce(config, '{}') AS config, updated_at
FROM risk_rules
WHERE tenant_id = $1 OR tenant_id IS NULL
