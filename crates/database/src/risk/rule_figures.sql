-- How often each rule of the office was triggered on the newest score of a subject within the window.
SELECT one.code, one.shadow, count(*) AS hits
FROM (
    SELECT DISTINCT ON (entity_type, entity_id) result::jsonb AS result
    FROM worker.risk_evaluations
    WHERE tenant_id = $1 AND day >= $2::date
    ORDER BY entity_type, entity_id, day DESC
) newest,
LATERAL (
    SELECT c ->> 'code' AS code, false AS shadow
    FROM jsonb_array_elements(newest.result -> 'contributions') c
    UNION ALL
    SELECT c ->> 'code', true
    FROM jsonb_array_elements(coalesce(newest.result -> 'shadow', '[]')) c
) one
GROUP BY one.code, one.shadow
ORDER BY one.code, one.shadow
