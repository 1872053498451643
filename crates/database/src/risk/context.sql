-- What is known of companies besides their books. $2 companies, $3 the day; $4, $5, $6 companies,
-- kinds and fingerprints of what was found now; an empty fingerprint asks for all of the kind.
-- A lateral query with OFFSET 0 stays a probe for each row before it: on the first day, while the
-- statistics still say that these tables are empty, the planner would rather join whole tables. For the
-- same reason an alert's office is compared so that no index but the key's can serve.
SELECT
    (SELECT jsonb_build_object('severity', e.level, 'since', e.level_since, 'calmDays', e.calm_days)
     FROM worker.risk_evaluations e
     WHERE e.tenant_id = $1 AND e.entity_type = 'company' AND e.entity_id = ($2::text[])[1]
       AND e.day < $3::date
     ORDER BY e.day DESC LIMIT 1) AS level,
    (SELECT jsonb_agg(jsonb_build_object('day', day, 'scored', scored, 'high', high) ORDER BY day)
     FROM (
        SELECT (s.generated_at AT TIME ZONE 'Europe/Istanbul')::date AS day, count(*) AS scored,
            count(*) FILTER (WHERE s.severity IN ('high', 'critical')) AS high
        FROM documents d
        JOIN document_risk_scores s ON s.document_id = d.id AND s.tenant_id = d.tenant_id
        WHERE d.tenant_id = $1 AND d.client_company_id = ANY ($2::text[]) AND NOT d.is_deleted
          AND s.generated_at >= $3::date - interval '366 days'
        GROUP BY 1
     ) by_day) AS documents,
    (SELECT jsonb_agg(jsonb_build_object('company', m.client_company_id, 'kind', m.kind,
         'family', m.family, 'until', m.until))
     FROM worker.risk_mutings m
     WHERE m.tenant_id = $1 AND m.client_company_id = ANY ($2::text[]) AND m.until >= $3::date
    ) AS mutings,
    (SELECT jsonb_object_agg(company, alerts)
     FROM (
        SELECT f.client_company_id AS company, count(DISTINCT a.id) AS alerts
        FROM worker.risk_findings f
        CROSS JOIN LATERAL (
            SELECT a.id, a.created_at FROM risk_alerts a
            WHERE a.id = f.alert_id AND (a.tenant_id = $1) IS TRUE
            OFFSET 0
        ) a
        WHERE f.tenant_id = $1 AND f.client_company_id = ANY ($2::text[])
          AND f.state = 'alerted' AND NOT f.narrow AND f.kind <> 'RISK_THRESHOLD_EXCEEDED'
          AND a.created_at >= $3::date::timestamp AT TIME ZONE 'Europe/Istanbul'
        GROUP BY 1
     ) counted) AS alerted_today,
    (SELECT jsonb_agg(jsonb_build_object('kind', f.kind, 'severity', f.severity, 'detail', f.detail)
         ORDER BY f.kind, f.fingerprint)
     FROM worker.risk_findings f
     WHERE f.tenant_id = $1 AND f.client_company_id = ($2::text[])[1] AND f.kind = 'RING'
       AND f.last_day >= $3::date - 31) AS rings,
    (SELECT jsonb_agg(jsonb_build_object('company', f.client_company_id, 'kind', f.kind,
         'fingerprint', f.fingerprint, 'evidence', f.evidence, 'severity', f.severity,
         'state', f.state, 'alert', a.id, 'open', a.status IN ('open', 'in_progress')))
     FROM unnest($4::text[], $5::text[], $6::text[]) AS found (company, kind, fingerprint)
     CROSS JOIN LATERAL (
        SELECT f.client_company_id, f.kind, f.fingerprint, f.evidence, f.severity, f.state, f.alert_id
        FROM worker.risk_findings f
        WHERE f.tenant_id = $1 AND f.client_company_id = found.company AND f.kind = found.kind
          AND (f.fingerprint = found.fingerprint OR found.fingerprint = '')
        OFFSET 0
     ) f
     LEFT JOIN LATERAL (
        SELECT a.id, a.status FROM risk_alerts a
        WHERE a.id = f.alert_id AND (a.tenant_id = $1) IS TRUE
        OFFSET 0
     ) a ON true) AS known,
    (SELECT c.name FROM client_companies c
     WHERE c.tenant_id = $1 AND c.id = ($2::text[])[1]) AS company_name
