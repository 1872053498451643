-- New tokens, by the one that has the right to replace them: one that comes late would put dead ones in
-- the place of those that somebody else has got since.
UPDATE worker.integration_tokens
SET sealed = $4, generation = generation + 1, refresh_claimed_until = NULL
WHERE tenant_id = $1 AND integration_id = $2
  AND (extract(epoch FROM refresh_claimed_until) * 1000000)::bigint = $3::bigint
RETURNING generation AS count
