-- Companies that a valid number names and that the office does not have yet.
INSERT INTO client_companies (id, tenant_id, name, legal_type, tax_number, updated_at)
SELECT new.id, $1 AS tenant_id, new.name, new.legal_type, new.tax_number, now()
FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS new (id, name, legal_type, tax_number)
