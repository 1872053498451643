-- Sealed settings in the place of the plain ones, unless somebody changed them meanwhile.
UPDATE tenant_integrations
SET config = $4, updated_at = now()
WHERE tenant_id = $1 AND id = $2 AND config = $3
