SELECT object_key, version, sha256, result
FROM worker.sync_objects
WHERE tenant_id = $1 AND integration_id = $2 AND stream = $3 AND object_key = ANY ($4::text[])
