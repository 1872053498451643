-- Records that are in the books now leave the list, others enter it. Returns those that were not
-- there with this content and reason before.
WITH gone AS (
    DELETE FROM worker.sync_set_aside
    WHERE tenant_id = $1 AND integration_id = $2 AND stream = $3 AND external_id = ANY ($4::text[])
      AND NOT external_id = ANY ($5::text[])
)
INSERT INTO worker.sync_set_aside AS s
    (tenant_id, integration_id, stream, external_id, reason, message, record, content_hash)
SELECT DISTINCT ON (external_id)
    $1, $2, $3, external_id, reason, message, record, content_hash
FROM unnest($5::text[], $6::text[], $7::text[], $8::jsonb[], $9::bytea[])
    AS new (external_id, reason, message, record, content_hash)
ON CONFLICT (integration_id, stream, external_id) DO UPDATE
SET reason = excluded.reason, message = excluded.message, record = excluded.record,
    content_hash = excluded.content_hash, set_aside_at = now()
WHERE s.tenant_id = $1
  AND (s.reason, s.content_hash) IS DISTINCT FROM (excluded.reason, excluded.content_hash)
RETURNING external_id::text
