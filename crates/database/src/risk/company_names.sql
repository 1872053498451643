SELECT id, name::text AS name
FROM client_companies
WHERE tenant_id = $1 AND id = ANY ($2::text[])
