-- Integrations that a job left "in progress" when its last attempt was cut off: nobody was there to
-- say so. Over all offices.
WITH last AS (
    SELECT i.id AS integration_id, i.tenant_id, i.display_name, j.id, j.status, j.error_message
    FROM tenant_integrations i
    CROSS JOIN LATERAL (
        SELECT j.id, j.status, j.error_message
        FROM integration_sync_jobs j
        WHERE j.tenant_integration_id = i.id AND NOT j.is_surplus
        ORDER BY j.created_at DESC, j.id DESC
        LIMIT 1
    ) j
    WHERE i.last_sync_status = 'in_progress' AND j.status IN ('failed', 'cancelled')
), integration AS (
    UPDATE tenant_integrations i
    SET last_sync_status = 'error', updated_at = now()
    FROM last
    WHERE i.id = last.integration_id AND i.last_sync_status = 'in_progress'
    RETURNING i.id
), notified AS (
    INSERT INTO notifications (id, tenant_id, type, title, message, meta, updated_at)
    SELECT 'sync_' || last.id, last.tenant_id, 'INTEGRATION_SYNC', 'Entegrasyon eşitleme hatası',
        last.display_name || ' eşitlenemedi: ' || coalesce(last.error_message, 'bilinmeyen hata'),
        jsonb_build_object('integrationId', last.integration_id, 'jobId', last.id,
            'error', last.error_message),
        now()
    FROM last
    WHERE last.status = 'failed'
    ON CONFLICT (id) DO NOTHING
)
SELECT count(*)::bigint AS count FROM integration
