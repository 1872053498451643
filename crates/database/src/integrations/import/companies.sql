-- The office's companies with these numbers, which people type with blanks and dashes; the one in use
-- and the oldest first.
SELECT id, regexp_replace(tax_number, '\D', '', 'g') AS tax_number
FROM client_companies
WHERE tenant_id = $1 AND regexp_replace(tax_number, '\D', '', 'g') = ANY ($2::text[])
ORDER BY is_active DESC, created_at, id
