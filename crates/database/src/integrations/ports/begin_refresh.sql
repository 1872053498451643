-- The right to replace the tokens of generation `$3`, unless they were replaced or somebody else has
-- the right. It ends by itself after four minutes, longer than three calls of a minute take; its end
-- is also its name.
INSERT INTO worker.integration_tokens AS t (tenant_id, integration_id, refresh_claimed_until)
VALUES ($1, $2, now() + interval '4 minutes')
ON CONFLICT (integration_id) DO UPDATE
SET refresh_claimed_until = excluded.refresh_claimed_until
WHERE t.tenant_id = $1
  AND (t.sealed IS NULL OR t.generation <= $3::bigint)
  AND (t.refresh_claimed_until IS NULL OR t.refresh_claimed_until < now())
RETURNING (extract(epoch FROM t.refresh_claimed_until) * 1000000)::bigint AS count
