-- Closes an alert for an operator, with the reason that its findings are remembered by.
WITH alert AS (
    UPDATE risk_alerts SET status = 'closed', resolved_at = now(), updated_at = now()
    WHERE id = $1 AND status IN ('open', 'in_progress')
    RETURNING id, tenant_id
), finding AS (
    UPDATE worker.risk_findings f SET closed_reason = $2
    FROM alert WHERE f.alert_id = alert.id AND f.tenant_id = alert.tenant_id
    RETURNING f.tenant_id, f.client_company_id, f.kind, f.family
), muted AS (
    INSERT INTO worker.risk_mutings (tenant_id, client_company_id, kind, family, until, reason)
    SELECT DISTINCT tenant_id, client_company_id, kind, family, $3::date, $2
    FROM finding WHERE $3::date IS NOT NULL
    ON CONFLICT (tenant_id, client_company_id, kind, family) DO UPDATE SET
        until = excluded.until, reason = excluded.reason
)
SELECT (SELECT count(*) FROM alert) AS closed
