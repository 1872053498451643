UPDATE worker.integration_tokens
SET refresh_claimed_until = NULL
WHERE tenant_id = $1 AND integration_id = $2
  AND (extract(epoch FROM refresh_claimed_until) * 1000000)::bigint = $3::bigint
