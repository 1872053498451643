-- Integrations for operators.
SELECT i.id, i.tenant_id, i.display_name::text, p.code::text AS provider, p.type::text AS kind,
    p.is_active AS provider_active, p.config_schema, i.client_company_id, i.status::text,
    i.last_sync_at, i.last_sync_status::text, i.config,
    (SELECT count(*) FROM worker.sync_records r WHERE r.integration_id = i.id) AS records,
    (SELECT count(*) FROM worker.sync_set_aside s WHERE s.integration_id = i.id) AS set_aside
FROM tenant_integrations i
JOIN integration_providers p ON p.id = i.provider_id
WHERE ($1::text IS NULL OR i.tenant_id = $1) AND ($2::text IS NULL OR i.id = $2)
ORDER BY i.tenant_id, i.display_name, i.id
