-- Which record is which row, from now on.
INSERT INTO worker.sync_records AS r (
    tenant_id, integration_id, stream, external_id, row_id, client_company_id, owns_row,
    content_hash, written_hash, ettn, document_key
)
SELECT $1, $2, $3, external_id, row_id, client_company_id, owns_row, content_hash, written_hash,
    ettn, document_key
FROM unnest(
    $4::text[], $5::text[], $6::text[], $7::boolean[], $8::bytea[], $9::bytea[], $10::text[],
    $11::text[]
) AS link (
    external_id, row_id, client_company_id, owns_row, content_hash, written_hash, ettn, document_key
)
ON CONFLICT (integration_id, stream, external_id) DO UPDATE
SET row_id = excluded.row_id, client_company_id = excluded.client_company_id,
    owns_row = excluded.owns_row, content_hash = excluded.content_hash,
    written_hash = excluded.written_hash, ettn = excluded.ettn, document_key = excluded.document_key
WHERE r.tenant_id = $1
