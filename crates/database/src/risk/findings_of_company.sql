SELECT f.kind::text AS kind, f.severity::text AS severity, f.state::text AS state, f.message,
    f.first_day, f.last_day, f.occurrences, f.alert_id, a.status::text AS alert_status, f.narrow,
    f.family
FROM worker.risk_findings f
LEFT JOIN risk_alerts a ON a.id = f.alert_id AND a.tenant_id = f.tenant_id
WHERE f.tenant_id = $1 AND f.client_company_id = $2 AND f.last_day >= $3::date - 31
ORDER BY f.last_day DESC,
    array_position(ARRAY['low', 'medium', 'high', 'critical'], f.severity::text) DESC,
    f.kind, f.fingerprint
