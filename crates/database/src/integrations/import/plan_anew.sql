-- Before a statement whose plan depends on how large the tables have become; see open.sql.
SELECT set_config('plan_cache_mode', 'force_custom_plan', true)
