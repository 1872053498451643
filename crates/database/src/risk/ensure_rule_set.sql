WITH known AS (
    SELECT version FROM worker.rule_sets WHERE tenant_id = $1 AND digest = $2
), made AS (
    INSERT INTO worker.rule_sets (tenant_id, version, digest, content)
    SELECT $1, coalesce(
        (SELECT max(version) FROM worker.rule_sets WHERE tenant_id = $1), 0) + 1, $2, $3
    WHERE NOT EXISTS (SELECT 1 FROM known)
      -- An office that was deleted meanwhile needs none.
      AND EXISTS (SELECT 1 FROM tenants WHERE id = $1)
    ON CONFLICT DO NOTHING
    RETURNING version
)
SELECT coalesce((SELECT version FROM known), (SELECT version FROM made)) AS version
