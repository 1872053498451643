-- The document with its company, and other documents of the office with a common key. Each key has
-- its own index and its own limit, so the cost does not grow with the office's history. No row when
-- the document was deleted meanwhile.
SELECT
    d.original_file_name AS file_name,
    c.name AS company_name,
    (SELECT jsonb_agg(same) FROM (
        SELECT o.id, o.original_file_name AS "fileName"
        FROM worker.document_fingerprints f
        JOIN documents o ON o.id = f.document_id AND o.tenant_id = f.tenant_id AND NOT o.is_deleted
        WHERE f.tenant_id = $1 AND f.content_sha256 = $3 AND f.document_id <> $2
        LIMIT 5) same) AS same_content,
    (SELECT jsonb_agg(same) FROM (
        SELECT o.id, o.original_file_name AS "fileName"
        FROM worker.document_fingerprints f
        JOIN documents o ON o.id = f.document_id AND o.tenant_id = f.tenant_id AND NOT o.is_deleted
        WHERE f.tenant_id = $1 AND f.ettn = $4 AND f.document_id <> $2
        LIMIT 5) same) AS same_ettn,
    (SELECT jsonb_agg(same) FROM (
        SELECT o.id, o.original_file_name AS "fileName"
        FROM worker.document_fingerprints f
        JOIN documents o ON o.id = f.document_id AND o.tenant_id = f.tenant_id AND NOT o.is_deleted
        WHERE f.tenant_id = $1 AND f.issuer_tax_number = $5 AND f.invoice_number = $6
          AND f.document_id <> $2
        LIMIT 5) same) AS same_invoice
FROM documents d
LEFT JOIN client_companies c ON c.id = d.client_company_id AND c.tenant_id = d.tenant_id
WHERE d.id = $2 AND d.tenant_id = $1 AND NOT d.is_deleted
