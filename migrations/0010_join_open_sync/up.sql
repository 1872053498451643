-- A sync that is asked for while another one of its integration is open (a second click, the old
-- worker's scheduler) is answered by its own row, called off from the start with a sentence for the
-- person, instead of by a unique violation: the platform's insert goes through. The unique index of
-- 0007 stays the rule; this only keeps writers that know nothing of it from running into it.
CREATE OR REPLACE FUNCTION worker.join_open_sync() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    open_type text;
BEGIN
    -- Requests for one integration come one after the other, so that each sees the one before.
    PERFORM pg_advisory_xact_lock(hashtextextended('sync ' || NEW.tenant_integration_id, 10));
    EXECUTE format(
        'SELECT job_type FROM %I.%I WHERE tenant_integration_id = $1 '
        'AND status IN (''pending'', ''in_progress'') AND NOT is_surplus LIMIT 1',
        TG_TABLE_SCHEMA, TG_TABLE_NAME
    ) INTO open_type USING NEW.tenant_integration_id;
    IF open_type IS NULL THEN
        RETURN NEW;
    END IF;
    -- The worker's own statements want no row then.
    IF current_setting('worker.makes_sync_jobs', true) = 'on' THEN
        RETURN NULL;
    END IF;
    NEW.status := 'cancelled';
    NEW.is_surplus := true;
    NEW.finished_at := now();
    NEW.error_message := CASE
        WHEN open_type = NEW.job_type
            THEN 'Bu entegrasyonun aynı eşitlemesi zaten bekliyor veya sürüyor; istek onunla birleştirildi.'
        ELSE 'Bu entegrasyonun başka bir eşitlemesi bekliyor veya sürüyor; bitince yeniden isteyin.'
    END;
    RETURN NEW;
END $$;

DO $$ BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM pg_trigger
        WHERE tgrelid = 'integration_sync_jobs'::regclass AND tgname = 'worker_sync_jobs_joined'
    ) THEN
        CREATE TRIGGER worker_sync_jobs_joined
            BEFORE INSERT ON integration_sync_jobs
            FOR EACH ROW WHEN (NEW.status IN ('pending', 'in_progress') AND NOT NEW.is_surplus)
            EXECUTE FUNCTION worker.join_open_sync();
    END IF;
END $$;
