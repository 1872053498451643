-- The fence, and with it all that says that the page is stored: cursor, settled objects, the job's
-- figures, log entries. Without the lease nothing is written, and the transaction is rolled back.
WITH fenced AS (
    UPDATE integration_sync_jobs
    SET updated_at = now()
    WHERE id = $1 AND tenant_id = $2 AND lease_token = $3 AND status = 'in_progress'
    RETURNING id
), moved AS (
    INSERT INTO worker.sync_cursors AS c (
        tenant_id, integration_id, stream, account, position, pass_started_at, covered_until,
        come_back_at
    )
    SELECT $2, $4, $5, '', $6, CASE WHEN $7 THEN NULL ELSE p.started_at END,
        CASE WHEN $7 THEN p.started_at END, now() + $8::bigint * interval '1 millisecond'
    FROM fenced JOIN worker.sync_progress p ON p.job_id = fenced.id AND p.tenant_id = $2
    WHERE $6::jsonb IS NOT NULL
    ON CONFLICT (integration_id, stream, account) DO UPDATE
    SET position = excluded.position,
        pass_started_at = CASE WHEN $7 THEN NULL
            ELSE coalesce(c.pass_started_at, excluded.pass_started_at) END,
        covered_until = CASE WHEN $7 THEN coalesce(c.pass_started_at, excluded.covered_until)
            ELSE c.covered_until END,
        come_back_at = excluded.come_back_at, updated_at = now()
    WHERE c.tenant_id = $2
), settled AS (
    INSERT INTO worker.sync_objects AS o
        (tenant_id, integration_id, stream, object_key, version, sha256, result)
    SELECT $2, $4, $5, object_key, version, sha256, result
    FROM fenced, unnest($9::text[], $10::jsonb[], $11::text[], $12::jsonb[])
        AS object (object_key, version, sha256, result)
    ON CONFLICT (integration_id, stream, object_key) DO UPDATE
    SET version = excluded.version, sha256 = excluded.sha256, result = excluded.result,
        settled_at = now()
    WHERE o.tenant_id = $2
), counted AS (
    UPDATE worker.sync_progress p
    SET pages = pages + ($13::bigint[])[6], created = created + ($13::bigint[])[1],
        updated = updated + ($13::bigint[])[2], unchanged = unchanged + ($13::bigint[])[3],
        skipped = skipped + ($13::bigint[])[4], kept = kept + ($13::bigint[])[5]
    FROM fenced
    WHERE p.job_id = fenced.id AND p.tenant_id = $2
), logged AS (
    INSERT INTO integration_sync_logs
        (id, tenant_id, tenant_integration_id, level, message, context)
    SELECT log.id, $2, $4, log.level, log.message, log.context
    FROM fenced, unnest($14::text[], $15::text[], $16::text[], $17::jsonb[])
        AS log (id, level, message, context)
)
SELECT count(*)::bigint AS count FROM fenced
