-- Moves usage events into the platform's counters. An event is deleted by the statement that counts
-- it, so none counts twice, whoever runs this at the same time. $2 holds one new id per event: there
-- are at most as many counters.
WITH taken AS (
    DELETE FROM worker.usage_events
    WHERE id = ANY (ARRAY(
        SELECT id FROM worker.usage_events ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED))
    RETURNING tenant_id, metric, period_start, period_end, amount
), counted AS (
    SELECT tenant_id, metric, period_start, max(period_end) AS period_end, sum(amount) AS amount,
        row_number() OVER (ORDER BY tenant_id, metric, period_start) AS place
    FROM taken
    GROUP BY tenant_id, metric, period_start
), folded AS (
    -- Counters of an office that is gone go with it.
    INSERT INTO tenant_usages (id, tenant_id, metric, period_start, period_end, value, updated_at)
    SELECT ($2::text[])[c.place], c.tenant_id, c.metric, c.period_start, c.period_end,
        least(c.amount, 2147483647)::integer, now()
    FROM counted c
    WHERE EXISTS (SELECT 1 FROM tenants t WHERE t.id = c.tenant_id)
    ORDER BY c.tenant_id, c.metric, c.period_start
    ON CONFLICT (tenant_id, metric, period_start) DO UPDATE SET
        value = least(tenant_usages.value::bigint + excluded.value, 2147483647)::integer,
        updated_at = excluded.updated_at
    RETURNING 1
)
SELECT (SELECT count(*) FROM taken)::bigint AS events, (SELECT count(*) FROM folded)::bigint AS counters
