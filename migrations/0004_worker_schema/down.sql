DROP TRIGGER IF EXISTS worker_document_jobs_inserted ON document_processing_jobs;
DROP FUNCTION IF EXISTS worker.notify_jobs();

-- Usage that was not yet added to the platform's table is added now, so that none is lost.
INSERT INTO tenant_usages (id, tenant_id, metric, period_start, period_end, value, created_at, updated_at)
SELECT 'usage_' || md5(tenant_id || metric || period_start::text), tenant_id, metric, period_start,
       max(period_end), sum(amount), now(), now()
FROM worker.usage_events
GROUP BY tenant_id, metric, period_start
ON CONFLICT (tenant_id, metric, period_start)
DO UPDATE SET value = tenant_usages.value + excluded.value, updated_at = now();

DROP TABLE IF EXISTS worker.usage_events;
DROP TABLE IF EXISTS worker.document_fingerprints;
DROP TABLE IF EXISTS worker.periodic_schedules;
