SELECT object_key, version, sha256, result
FROM worker.sync_objects
WHERE tenant_id = $1 AND integration_id = $2 AND stream = $3 AND sha256 = $4
  AND result ->> 'result' = 'taken'
LIMIT 1
