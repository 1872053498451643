SELECT sealed, generation
FROM worker.integration_tokens
WHERE tenant_id = $1 AND integration_id = $2 AND sealed IS NOT NULL
