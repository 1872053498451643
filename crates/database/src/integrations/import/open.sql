-- Takes the office's import lock, if the lease still stands: two imports of one office wait for each
-- other here, so that what one of them looks up stays true until it has written. The look-ups that
-- follow are planned for the tables as they are now: a plan that was kept from when they were small
-- would read all of them for every page of a first sync. The statements that write switch that off for
-- the checks of foreign keys, of which there are thousands a page.
SELECT count(pg_advisory_xact_lock($4::bigint))::bigint AS count,
    set_config('plan_cache_mode', 'force_custom_plan', true) AS plans
FROM integration_sync_jobs
WHERE id = $1 AND tenant_id = $2 AND lease_token = $3 AND status = 'in_progress'
