-- What is known of these records, and which of them were set aside before. Where this integration knows
-- nothing of a record, one of the same provider that is gone may: a provider that is connected anew
-- gives the same records again, and what became of them since then holds.
SELECT external_id::text, row_id, client_company_id, owns_row, content_hash, written_hash,
    false AS inherited
FROM worker.sync_records
WHERE tenant_id = $1 AND integration_id = $2 AND stream = $3 AND external_id = ANY ($4::text[])
UNION ALL
SELECT external_id::text, NULL, NULL, NULL, content_hash, NULL, NULL
FROM worker.sync_set_aside
WHERE tenant_id = $1 AND integration_id = $2 AND stream = $3 AND external_id = ANY ($4::text[])
UNION ALL
(
    SELECT DISTINCT ON (r.external_id) r.external_id::text, r.row_id, r.client_company_id,
        r.owns_row, r.content_hash, r.written_hash, true
    FROM tenant_integrations mine
    JOIN tenant_integrations theirs
        ON theirs.provider_id = mine.provider_id AND theirs.tenant_id = $1 AND theirs.id <> mine.id
       AND theirs.status IN ('disconnected', 'error')
    JOIN worker.sync_records r
        ON r.integration_id = theirs.id AND r.tenant_id = $1 AND r.stream = $3 AND r.owns_row
       AND r.external_id = ANY ($4::text[])
    WHERE mine.id = $2 AND mine.tenant_id = $1
      AND NOT EXISTS (
          SELECT 1 FROM worker.sync_records own
          WHERE own.integration_id = $2 AND own.stream = $3 AND own.tenant_id = $1
            AND own.external_id = r.external_id
      )
    ORDER BY r.external_id, theirs.updated_at DESC, theirs.id
)
