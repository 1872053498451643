UPDATE worker.integration_tokens
SET sealed = $3, generation = generation + 1, refresh_claimed_until = NULL
WHERE tenant_id = $1 AND integration_id = $2
RETURNING generation AS count
