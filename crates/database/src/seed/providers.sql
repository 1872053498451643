-- Providers whose codes the platform does not have yet; what is there stays as it is.
INSERT INTO integration_providers (id, type, code, name, description, config_schema, updated_at)
SELECT id, kind, code, name, description, config_schema, now()
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[])
    AS provider (id, kind, code, name, description, config_schema)
ON CONFLICT (code) DO NOTHING
