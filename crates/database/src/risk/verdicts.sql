-- What people said of alerts that they closed with a reason, by what had raised them: the kind of a
-- finding, or each rule that gave points to a score.
SELECT one.code, count(*) AS closed, count(*) FILTER (WHERE f.closed_reason <> 'false_alarm') AS right
FROM worker.risk_findings f
CROSS JOIN LATERAL (
    SELECT f.kind::text AS code WHERE f.kind <> 'RISK_THRESHOLD_EXCEEDED'
    UNION ALL
    SELECT c ->> 'code'
    FROM jsonb_array_elements(
        CASE WHEN f.kind = 'RISK_THRESHOLD_EXCEEDED' THEN f.detail::jsonb -> 'contributions' END) c
    WHERE (c ->> 'points')::numeric > 0
) one
WHERE f.tenant_id = $1 AND f.closed_reason IS NOT NULL
GROUP BY one.code
ORDER BY one.code
