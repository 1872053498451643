-- What became of pushed rows, if the lease still stands: their times, the list, the job's figures and
-- a log entry that names those that were refused; and that what was sent is the row when the source
-- gives it back. Its content was not seen yet (zeros), and the source never wrote the row (ones).
WITH fenced AS (
    UPDATE integration_sync_jobs
    SET updated_at = now()
    WHERE id = $1 AND tenant_id = $2 AND lease_token = $3 AND status = 'in_progress'
    RETURNING id
), outcome AS MATERIALIZED (
    -- An attempt that goes on after a crash asks again for what was refused: one row is one figure.
    SELECT outcome.*, EXISTS (
        SELECT 1 FROM worker.sync_pushes p
        WHERE p.integration_id = $4 AND p.stream = $5 AND p.row_id = outcome.row_id
          AND p.tenant_id = $2 AND p.job_id = $1 AND p.state = 'refused'
    ) AS refused_before
    FROM fenced, unnest($6::text[], $7::boolean[], $8::text[], $9::text[])
        AS outcome (row_id, sent, external_id, message)
), listed AS (
    INSERT INTO worker.sync_pushes AS p
        (tenant_id, integration_id, stream, row_id, job_id, state, external_id, message)
    SELECT $2, $4, $5, row_id, $1, CASE WHEN sent THEN 'sent' ELSE 'refused' END, external_id, message
    FROM outcome
    ON CONFLICT (integration_id, stream, row_id) DO UPDATE
    SET job_id = excluded.job_id, state = excluded.state, external_id = excluded.external_id,
        message = excluded.message, updated_at = now()
    WHERE p.tenant_id = $2
), linked AS (
    INSERT INTO worker.sync_records (tenant_id, integration_id, stream, external_id, row_id,
        client_company_id, owns_row, content_hash, written_hash)
    SELECT $2, $4, substr($5, length('push_') + 1), outcome.external_id, outcome.row_id,
        coalesce(i.client_company_id, t.client_company_id, ''),
        NOT EXISTS (
            SELECT 1 FROM worker.sync_records r
            WHERE r.row_id = outcome.row_id AND r.tenant_id = $2 AND r.owns_row
        ),
        decode(repeat('00', 32), 'hex'), decode(repeat('ff', 32), 'hex')
    FROM outcome
    LEFT JOIN invoices i
        ON i.id = outcome.row_id AND i.tenant_id = $2 AND $5 = 'push_invoices'
    LEFT JOIN transactions t
        ON t.id = outcome.row_id AND t.tenant_id = $2 AND $5 = 'push_bank_transactions'
    WHERE sent AND length(outcome.external_id) <= 255
    ON CONFLICT (integration_id, stream, external_id) DO NOTHING
), invoice AS (
    UPDATE invoices i SET pushed_at = now(), updated_at = now()
    FROM outcome
    WHERE i.id = outcome.row_id AND i.tenant_id = $2 AND outcome.sent AND $5 = 'push_invoices'
), entry AS (
    UPDATE transactions t SET pushed_at = now(), updated_at = now()
    FROM outcome
    WHERE t.id = outcome.row_id AND t.tenant_id = $2 AND outcome.sent
      AND $5 = 'push_bank_transactions'
), counted AS (
    UPDATE worker.sync_progress p
    SET pages = pages + 1,
        created = created + (SELECT count(*) FROM outcome WHERE sent),
        failed = failed + (SELECT count(*) FROM outcome WHERE NOT sent AND NOT refused_before)
            - (SELECT count(*) FROM outcome WHERE sent AND refused_before)
    FROM fenced
    WHERE p.job_id = fenced.id AND p.tenant_id = $2
), logged AS (
    INSERT INTO integration_sync_logs (id, tenant_id, tenant_integration_id, level, message, context)
    SELECT $10, $2, $4, 'warning', count(*) || ' kayıt gönderilemedi.',
        jsonb_build_object('jobId', $1::text, 'records', jsonb_agg(
            jsonb_build_object('id', row_id, 'message', message)))
    FROM outcome
    WHERE NOT sent AND NOT refused_before
    HAVING count(*) > 0
)
SELECT count(*)::bigint AS count FROM fenced
