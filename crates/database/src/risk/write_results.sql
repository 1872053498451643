-- Everything that follows from one calculation, in one statement and so in one transaction with the
-- end of its job; a lost lease writes nothing. All parts see the rows as they were before it.
WITH fenced AS (
    UPDATE worker.risk_jobs
    SET status = 'succeeded', finished_at = now(), last_error = NULL, user_message = NULL,
        lease_owner = NULL, lease_expires_at = NULL, updated_at = now()
    WHERE id = $1 AND tenant_id = $2 AND lease_token = $3 AND status = 'in_progress'
    RETURNING tenant_id, client_company_id
), known_score AS (
    SELECT s.id FROM fenced
    JOIN client_company_risk_scores s
        ON s.tenant_id = $2 AND s.client_company_id = fenced.client_company_id
    WHERE $6::numeric IS NOT NULL
    ORDER BY s.generated_at DESC, s.id DESC LIMIT 1
), changed_score AS (
    UPDATE client_company_risk_scores s
    SET score = $6, severity = $7, "triggeredRuleCodes" = $8, generated_at = now(),
        updated_at = now()
    FROM known_score k
    WHERE s.id = k.id AND s.tenant_id = $2
), new_score AS (
    INSERT INTO client_company_risk_scores
        (id, tenant_id, client_company_id, score, severity, "triggeredRuleCodes", generated_at,
         updated_at)
    SELECT ($5::text[])[1], tenant_id, client_company_id, $6, $7, $8, now(), now()
    FROM fenced
    WHERE $6::numeric IS NOT NULL AND NOT EXISTS (SELECT 1 FROM known_score)
), history AS (
    INSERT INTO risk_score_history
        (id, tenant_id, entity_type, entity_id, score, severity, recorded_at)
    SELECT ($5::text[])[2], tenant_id, 'company', client_company_id, $6, $7, now()
    FROM fenced WHERE $6::numeric IS NOT NULL
), evaluation AS (
    INSERT INTO worker.risk_evaluations
        (tenant_id, entity_type, entity_id, day, rule_set_version, input_digest, facts, result,
         level, level_since, calm_days, unusual_entries)
    SELECT tenant_id, 'company', client_company_id, $4::date, $9::int, $10::bytea, $11::text,
        $12::text, $13::text, $14::date, $15::int, $32::text
    FROM fenced WHERE $6::numeric IS NOT NULL
    ON CONFLICT (tenant_id, entity_type, entity_id, day) DO UPDATE SET
        rule_set_version = excluded.rule_set_version, input_digest = excluded.input_digest,
        facts = excluded.facts, result = excluded.result, level = excluded.level,
        level_since = excluded.level_since, calm_days = excluded.calm_days,
        unusual_entries = excluded.unusual_entries, evaluated_at = now()
), finding AS (
    INSERT INTO worker.risk_findings AS f
        (tenant_id, client_company_id, kind, fingerprint, evidence, family, severity, narrow, state,
         alert_id, detail, message, first_day, last_day)
    SELECT fenced.tenant_id, one.company, one.kind, one.fingerprint, one.evidence, one.family,
        one.severity, one.narrow, one.state, one.alert, one.detail, one.message, $4::date, $4::date
    FROM fenced, unnest($16::text[], $17::text[], $18::text[], $19::text[], $20::text[], $21::text[],
        $22::bool[], $23::text[], $24::text[], $25::text[], $26::text[])
        AS one (company, kind, fingerprint, evidence, family, severity, narrow, state, alert, detail,
                message)
    ON CONFLICT (tenant_id, client_company_id, kind, fingerprint) DO UPDATE SET
        occurrences = f.occurrences + 1, last_day = greatest(f.last_day, excluded.last_day),
        last_seen_at = now(), state = excluded.state, family = excluded.family,
        alert_id = coalesce(excluded.alert_id, f.alert_id),
        -- What a person closed stays as it was when it was closed; otherwise the worst is kept.
        evidence = CASE WHEN excluded.state = 'closed' THEN f.evidence ELSE excluded.evidence END,
        severity = CASE WHEN excluded.state = 'closed'
            OR array_position(ARRAY['low', 'medium', 'high', 'critical'], f.severity::text)
             > array_position(ARRAY['low', 'medium', 'high', 'critical'], excluded.severity::text)
            AND f.evidence = excluded.evidence
            THEN f.severity ELSE excluded.severity END,
        detail = excluded.detail, message = excluded.message,
        closed_reason = CASE WHEN excluded.state = 'closed' THEN f.closed_reason END
), worse_alert AS (
    UPDATE risk_alerts a
    SET severity = one.severity, title = one.title, message = one.message, updated_at = now()
    FROM fenced, unnest($27::text[], $28::text[], $29::text[], $30::text[])
        AS one (id, severity, title, message)
    WHERE a.id = one.id AND a.tenant_id = $2 AND a.status IN ('open', 'in_progress')
), new_alert AS (
    INSERT INTO risk_alerts
        (id, tenant_id, client_company_id, type, title, message, severity, updated_at)
    SELECT one.id, fenced.tenant_id, one.company, one.type, one.title, one.message, one.severity,
        now()
    FROM fenced, jsonb_to_recordset($31::jsonb)
        AS one (id text, company text, type text, title text, message text, severity text)
    RETURNING id
), notification AS (
    -- What only a few may know goes to the office's owners, each for himself.
    INSERT INTO notifications (id, tenant_id, user_id, type, title, message, meta, updated_at)
    SELECT CASE WHEN one.narrow THEN 'c' || left(md5(one.notification || m.user_id), 24)
            ELSE one.notification END,
        fenced.tenant_id, m.user_id, 'RISK_ALERT', one."notificationTitle",
        one."notificationMessage",
        jsonb_build_object('riskAlertId', one.id, 'clientCompanyId', one.company,
            'documentId', NULL),
        now()
    FROM fenced
    CROSS JOIN jsonb_to_recordset($31::jsonb)
        AS one (id text, company text, notification text, "notificationTitle" text,
                "notificationMessage" text, narrow boolean)
    LEFT JOIN user_tenant_memberships m
        ON one.narrow AND m.tenant_id = fenced.tenant_id AND m.role = 'TenantOwner'
       AND m.status = 'active'
    WHERE NOT one.narrow OR m.user_id IS NOT NULL
)
SELECT (SELECT count(*) FROM fenced) AS fenced, (SELECT count(*) FROM new_alert) AS alerts
