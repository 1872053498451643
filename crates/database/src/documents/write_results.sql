-- Everything that follows from a document, in one statement. All parts see the rows as they were
-- before it. Ids are used for new rows only; a row that is there keeps its own.
WITH document AS (
    UPDATE documents
    SET status = 'PROCESSED', processed_at = now(), processing_error_message = NULL,
        updated_at = now()
    WHERE id = $2 AND tenant_id = $1 AND NOT is_deleted
    RETURNING id, tenant_id, client_company_id
), fingerprint AS (
    INSERT INTO worker.document_fingerprints
        (document_id, tenant_id, content_sha256, ettn, issuer_tax_number, invoice_number)
    SELECT id, tenant_id, $3, $4, $5, $6 FROM document
    ON CONFLICT (document_id) DO UPDATE SET
        tenant_id = excluded.tenant_id, content_sha256 = excluded.content_sha256,
        ettn = excluded.ettn, issuer_tax_number = excluded.issuer_tax_number,
        invoice_number = excluded.invoice_number
), ocr AS (
    INSERT INTO document_ocr_results
        (id, tenant_id, document_id, raw_text, ocr_engine, confidence, updated_at)
    SELECT ($7::text[])[1], tenant_id, id, $8, $9, $10, now() FROM document
    ON CONFLICT (document_id) DO UPDATE SET
        raw_text = excluded.raw_text, ocr_engine = excluded.ocr_engine,
        confidence = excluded.confidence, updated_at = excluded.updated_at
), parsed AS (
    INSERT INTO document_parsed_data
        (id, tenant_id, document_id, document_type, fields, parser_version, updated_at)
    SELECT ($7::text[])[2], tenant_id, id, $11, $12, $13, now() FROM document
    ON CONFLICT (document_id) DO UPDATE SET
        document_type = excluded.document_type, fields = excluded.fields,
        parser_version = excluded.parser_version, updated_at = excluded.updated_at
), features AS (
    INSERT INTO document_risk_features
        (id, tenant_id, document_id, features, "riskFlags", risk_score, generated_at, updated_at)
    SELECT ($7::text[])[3], tenant_id, id, $14, $15, $16, now(), now() FROM document
    ON CONFLICT (document_id) DO UPDATE SET
        features = excluded.features, "riskFlags" = excluded."riskFlags",
        risk_score = excluded.risk_score, generated_at = excluded.generated_at,
        updated_at = excluded.updated_at
), score AS (
    INSERT INTO document_risk_scores
        (id, tenant_id, document_id, score, severity, "triggeredRuleCodes", generated_at, updated_at)
    SELECT ($7::text[])[4], tenant_id, id, $17, $18, $19, now(), now() FROM document
    ON CONFLICT (document_id) DO UPDATE SET
        score = excluded.score, severity = excluded.severity,
        "triggeredRuleCodes" = excluded."triggeredRuleCodes",
        generated_at = excluded.generated_at, updated_at = excluded.updated_at
), history AS (
    INSERT INTO risk_score_history
        (id, tenant_id, entity_type, entity_id, score, severity, recorded_at)
    SELECT ($7::text[])[5], tenant_id, 'document', id, $17, $18, now() FROM document
), evaluation AS (
    -- What the score was made of, so that it can be made again.
    INSERT INTO worker.risk_evaluations
        (tenant_id, entity_type, entity_id, day, rule_set_version, input_digest, facts, result,
         level, level_since)
    SELECT tenant_id, 'document', id, $25, $26, $27, $28, $29, $30, $25 FROM document
    ON CONFLICT (tenant_id, entity_type, entity_id, day) DO UPDATE SET
        rule_set_version = excluded.rule_set_version, input_digest = excluded.input_digest,
        facts = excluded.facts, result = excluded.result, level = excluded.level,
        level_since = excluded.level_since, evaluated_at = now()
), known_alert AS (
    -- One alert per document and cause until it is closed.
    SELECT id, severity FROM risk_alerts
    WHERE $20::text IS NOT NULL AND tenant_id = $1 AND document_id = $2
      AND type = 'RISK_THRESHOLD_EXCEEDED' AND status IN ('open', 'in_progress')
    ORDER BY created_at, id LIMIT 1
    FOR UPDATE
), worse_alert AS (
    -- The worst sighting is the one that is kept.
    UPDATE risk_alerts a
    SET title = $21, message = $22, severity = $20, updated_at = now()
    FROM known_alert k
    WHERE a.id = k.id AND a.tenant_id = $1
      AND array_position(ARRAY['low', 'medium', 'high', 'critical'], $20::text)
          >= coalesce(array_position(ARRAY['low', 'medium', 'high', 'critical'], k.severity::text), 0)
), new_alert AS (
    INSERT INTO risk_alerts
        (id, tenant_id, client_company_id, document_id, type, title, message, severity, updated_at)
    SELECT ($7::text[])[6], tenant_id, client_company_id, id, 'RISK_THRESHOLD_EXCEEDED',
        $21, $22, $20, now()
    FROM document
    WHERE $20::text IS NOT NULL AND NOT EXISTS (SELECT 1 FROM known_alert)
    RETURNING id, tenant_id, client_company_id, document_id
), notification AS (
    INSERT INTO notifications (id, tenant_id, type, title, message, meta, updated_at)
    SELECT ($7::text[])[7], tenant_id, 'RISK_ALERT', $23, $24,
        jsonb_build_object('riskAlertId', id, 'clientCompanyId', client_company_id,
            'documentId', document_id),
        now()
    FROM new_alert
), usage AS (
    -- Reading a document again is not billed again. Months are those of UTC, as the platform's
    -- containers have them.
    INSERT INTO worker.usage_events (tenant_id, metric, period_start, period_end, amount)
    SELECT tenant_id, 'AI_ANALYSES', month.first, month.first + interval '1 month'
        - interval '1 millisecond', 1
    FROM document,
        (SELECT date_trunc('month', now(), 'UTC') AS first) month
    WHERE NOT EXISTS (SELECT 1 FROM document_parsed_data p WHERE p.document_id = $2)
)
SELECT
    (SELECT count(*) FROM document)::bigint AS documents,
    (SELECT id FROM new_alert) AS new_alert
