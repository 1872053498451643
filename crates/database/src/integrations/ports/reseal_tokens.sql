-- The same tokens under another key, unless they were replaced meanwhile.
UPDATE worker.integration_tokens
SET sealed = $4
WHERE tenant_id = $1 AND integration_id = $2 AND sealed = $3
