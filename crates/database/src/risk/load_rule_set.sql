SELECT version, content
FROM worker.rule_sets
WHERE tenant_id = $1
  AND ($2::int IS NULL OR version = $2)
ORDER BY version DESC
LIMIT 1
