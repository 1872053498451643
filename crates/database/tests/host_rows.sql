-- Fictional rows, as the platform and its old worker write them.
INSERT INTO tenants (id, name, slug, updated_at) VALUES ('tenant_1', 'Örnek Müşavirlik', 'ornek', now());
INSERT INTO users (id, email, hashed_password, full_name, updated_at)
    VALUES ('user_1', 'ayse@example.com', 'x', 'Ayşe Örnek', now());
INSERT INTO user_tenant_memberships (id, user_id, tenant_id, role, updated_at)
    VALUES ('membership_1', 'user_1', 'tenant_1', 'TenantOwner', now());
INSERT INTO client_companies (id, tenant_id, name, legal_type, tax_number, updated_at)
    VALUES ('company_1', 'tenant_1', 'Örnek Ltd.', 'Limited', '1234567890', now());
INSERT INTO invoices (id, tenant_id, client_company_id, external_id, type, issue_date, total_amount, tax_amount, updated_at)
    VALUES ('invoice_1', 'tenant_1', 'company_1', 'A-1', 'SATIŞ', now(), 120.00, 20.00, now()),
           ('invoice_2', 'tenant_1', 'company_1', 'A-1', 'SATIŞ', now(), 9999999999999.99, 0, now());
INSERT INTO documents (id, tenant_id, client_company_id, type, original_file_name, storage_path, mime_type,
                       file_size_bytes, upload_user_id, status, updated_at)
SELECT 'document_' || lower(status), 'tenant_1', 'company_1', 'INVOICE', 'a.pdf', 'documents/doc_1/a.pdf',
       'application/pdf', 10, 'user_1', status, now()
FROM unnest(ARRAY['UPLOADED', 'PROCESSING', 'PROCESSED', 'FAILED']) AS status;
INSERT INTO document_processing_jobs (id, tenant_id, document_id, status, attempts_count, last_error_message, updated_at)
VALUES ('job_pending', 'tenant_1', 'document_uploaded', 'PENDING', 0, NULL, now()),
       ('job_stuck', 'tenant_1', 'document_processing', 'IN_PROGRESS', 0, NULL, now()),
       ('job_done', 'tenant_1', 'document_processed', 'SUCCESS', 0, NULL, now()),
       ('job_failed', 'tenant_1', 'document_failed', 'FAILED', 3, 'numeric field overflow', now());
INSERT INTO document_risk_scores (id, tenant_id, document_id, score, severity, "triggeredRuleCodes", generated_at, updated_at)
    VALUES ('score_1', 'tenant_1', 'document_processed', 45.00, 'medium', '["INV_TOTAL_MISMATCH"]', now(), now());
INSERT INTO risk_rules (id, scope, code, description, weight, default_severity, updated_at)
    VALUES ('rule_1', 'document', 'TWICE', 'x', 1, 'low', now()), ('rule_2', 'document', 'TWICE', 'x', 1, 'low', now());
INSERT INTO tenant_usages (id, tenant_id, metric, period_start, period_end, value, updated_at)
    VALUES ('usage_1', 'tenant_1', 'AI_ANALYSES', '2025-01-01Z', '2025-01-31 23:59:59.999Z', 4, now());
INSERT INTO integration_providers (id, type, code, name, updated_at)
    VALUES ('provider_1', 'accounting', 'MOCK_ACCOUNTING', 'Deneme', now());
INSERT INTO tenant_integrations (id, tenant_id, client_company_id, provider_id, status, display_name, config, updated_at)
    VALUES ('integration_1', 'tenant_1', 'company_1', 'provider_1', 'connected', 'Muhasebe', '{"apiKey": "x"}', now());
-- Two open jobs of one integration, as two schedulers of the old worker made them.
INSERT INTO integration_sync_jobs (id, tenant_id, tenant_integration_id, job_type, status, created_at, updated_at)
VALUES ('sync_1', 'tenant_1', 'integration_1', 'pull_invoices', 'in_progress', now() - interval '2 hours', now()),
       ('sync_2', 'tenant_1', 'integration_1', 'pull_invoices', 'pending', now() - interval '1 hour', now()),
       ('sync_3', 'tenant_1', 'integration_1', 'pull_invoices', 'pending', now(), now()),
       ('sync_4', 'tenant_1', 'integration_1', 'pull_invoices', 'failed', now(), now());
