-- The platform's tables as its own schema tool writes them, without `document_embeddings`, which
-- needs an extension. Made from the description of the platform's database, not from this project's
-- migrations.

CREATE TABLE "tenants" (
    "id" TEXT NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "slug" VARCHAR(100) NOT NULL,
    "tax_number" VARCHAR(50),
    "phone" VARCHAR(50),
    "email" VARCHAR(255),
    "address" TEXT,
    "status" VARCHAR(50) NOT NULL DEFAULT 'ACTIVE',
    "settings" JSONB DEFAULT '{}',
    "metadata" JSONB DEFAULT '{}',
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "tenants_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "users" (
    "id" TEXT NOT NULL,
    "email" VARCHAR(255) NOT NULL,
    "hashed_password" VARCHAR(255) NOT NULL,
    "full_name" VARCHAR(255) NOT NULL,
    "locale" VARCHAR(10) NOT NULL DEFAULT 'tr-TR',
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "platform_role" VARCHAR(50),
    "last_login_at" TIMESTAMPTZ(6),
    "metadata" JSONB DEFAULT '{}',
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "user_tenant_memberships" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "role" VARCHAR(50) NOT NULL,
    "status" VARCHAR(50) NOT NULL DEFAULT 'active',
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "user_tenant_memberships_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "client_companies" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "legal_type" VARCHAR(50) NOT NULL,
    "tax_number" VARCHAR(50) NOT NULL,
    "trade_registry_number" VARCHAR(50),
    "sector" VARCHAR(255),
    "contact_person_name" VARCHAR(255),
    "contact_phone" VARCHAR(50),
    "contact_email" VARCHAR(255),
    "address" TEXT,
    "start_date" TIMESTAMPTZ(6),
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "metadata" JSONB DEFAULT '{}',
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "client_companies_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "client_company_bank_accounts" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "client_company_id" TEXT NOT NULL,
    "bank_name" VARCHAR(255) NOT NULL,
    "iban" VARCHAR(34) NOT NULL,
    "account_number" VARCHAR(50),
    "currency" VARCHAR(3) NOT NULL DEFAULT 'TRY',
    "is_primary" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "client_company_bank_accounts_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "ledger_accounts" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "code" VARCHAR(50) NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "type" VARCHAR(50) NOT NULL,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "ledger_accounts_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "invoices" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "client_company_id" TEXT NOT NULL,
    "external_id" VARCHAR(255),
    "type" VARCHAR(50) NOT NULL,
    "issue_date" TIMESTAMPTZ(6) NOT NULL,
    "due_date" TIMESTAMPTZ(6),
    "total_amount" DECIMAL(15,2) NOT NULL,
    "currency" VARCHAR(3) NOT NULL DEFAULT 'TRY',
    "tax_amount" DECIMAL(15,2) NOT NULL,
    "net_amount" DECIMAL(15,2),
    "counterparty_name" VARCHAR(255),
    "counterparty_tax_number" VARCHAR(50),
    "status" VARCHAR(50) NOT NULL DEFAULT 'taslak',
    "source" VARCHAR(50) NOT NULL DEFAULT 'manual',
    "metadata" JSONB DEFAULT '{}',
    "pushed_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "invoices_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "invoice_lines" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "invoice_id" TEXT NOT NULL,
    "line_number" INTEGER NOT NULL,
    "description" VARCHAR(500) NOT NULL,
    "quantity" DECIMAL(15,3) NOT NULL,
    "unit_price" DECIMAL(15,2) NOT NULL,
    "line_total" DECIMAL(15,2) NOT NULL,
    "vat_rate" DECIMAL(5,4) NOT NULL,
    "vat_amount" DECIMAL(15,2) NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "invoice_lines_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "transactions" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "client_company_id" TEXT,
    "external_id" VARCHAR(255),
    "date" TIMESTAMPTZ(6) NOT NULL,
    "reference_no" VARCHAR(100),
    "description" TEXT,
    "source" VARCHAR(50) NOT NULL DEFAULT 'manual',
    "pushed_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "transactions_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "transaction_lines" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "transaction_id" TEXT NOT NULL,
    "ledger_account_id" TEXT NOT NULL,
    "debit_amount" DECIMAL(15,2) NOT NULL,
    "credit_amount" DECIMAL(15,2) NOT NULL,
    "description" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "transaction_lines_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "documents" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "client_company_id" TEXT NOT NULL,
    "related_invoice_id" TEXT,
    "related_transaction_id" TEXT,
    "type" VARCHAR(50) NOT NULL,
    "original_file_name" VARCHAR(500) NOT NULL,
    "storage_path" VARCHAR(1000) NOT NULL,
    "mime_type" VARCHAR(100) NOT NULL,
    "file_size_bytes" BIGINT NOT NULL,
    "upload_user_id" TEXT NOT NULL,
    "upload_source" VARCHAR(50) NOT NULL DEFAULT 'manual',
    "status" VARCHAR(50) NOT NULL DEFAULT 'UPLOADED',
    "processing_error_message" TEXT,
    "processed_at" TIMESTAMPTZ(6),
    "is_deleted" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "documents_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "document_processing_jobs" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "document_id" TEXT NOT NULL,
    "status" VARCHAR(50) NOT NULL DEFAULT 'PENDING',
    "attempts_count" INTEGER NOT NULL DEFAULT 0,
    "last_error_message" TEXT,
    "last_attempt_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "document_processing_jobs_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "document_ocr_results" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "document_id" TEXT NOT NULL,
    "raw_text" TEXT NOT NULL,
    "ocr_engine" VARCHAR(50) NOT NULL,
    "confidence" DECIMAL(5,4),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "document_ocr_results_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "document_parsed_data" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "document_id" TEXT NOT NULL,
    "document_type" VARCHAR(50) NOT NULL,
    "fields" JSONB NOT NULL DEFAULT '{}',
    "parser_version" VARCHAR(50) NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "document_parsed_data_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "document_risk_features" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "document_id" TEXT NOT NULL,
    "features" JSONB NOT NULL DEFAULT '{}',
    "riskFlags" JSONB NOT NULL DEFAULT '[]',
    "risk_score" DECIMAL(5,2),
    "generated_at" TIMESTAMPTZ(6) NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "document_risk_features_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "risk_rules" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT,
    "scope" VARCHAR(50) NOT NULL,
    "code" VARCHAR(100) NOT NULL,
    "description" VARCHAR(500) NOT NULL,
    "weight" DECIMAL(5,2) NOT NULL,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "default_severity" VARCHAR(50) NOT NULL,
    "config" JSONB DEFAULT '{}',
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "risk_rules_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "document_risk_scores" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "document_id" TEXT NOT NULL,
    "score" DECIMAL(5,2) NOT NULL,
    "severity" VARCHAR(50) NOT NULL,
    "triggeredRuleCodes" JSONB NOT NULL DEFAULT '[]',
    "generated_at" TIMESTAMPTZ(6) NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "document_risk_scores_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "client_company_risk_scores" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "client_company_id" TEXT NOT NULL,
    "score" DECIMAL(5,2) NOT NULL,
    "severity" VARCHAR(50) NOT NULL,
    "triggeredRuleCodes" JSONB NOT NULL DEFAULT '[]',
    "generated_at" TIMESTAMPTZ(6) NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "client_company_risk_scores_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "risk_score_history" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "entity_type" VARCHAR(50) NOT NULL,
    "entity_id" TEXT NOT NULL,
    "score" DECIMAL(5,2) NOT NULL,
    "severity" VARCHAR(50) NOT NULL,
    "recorded_at" TIMESTAMPTZ(6) NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "risk_score_history_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "risk_alerts" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "client_company_id" TEXT,
    "document_id" TEXT,
    "type" VARCHAR(100) NOT NULL,
    "title" VARCHAR(255) NOT NULL,
    "message" TEXT NOT NULL,
    "severity" VARCHAR(50) NOT NULL,
    "status" VARCHAR(50) NOT NULL DEFAULT 'open',
    "resolved_at" TIMESTAMPTZ(6),
    "resolved_by_user_id" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "risk_alerts_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "integration_providers" (
    "id" TEXT NOT NULL,
    "type" VARCHAR(50) NOT NULL,
    "code" VARCHAR(100) NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "description" TEXT,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "config_schema" JSONB,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "integration_providers_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "tenant_integrations" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "client_company_id" TEXT,
    "provider_id" TEXT NOT NULL,
    "status" VARCHAR(50) NOT NULL DEFAULT 'disconnected',
    "display_name" VARCHAR(255) NOT NULL,
    "config" JSONB NOT NULL DEFAULT '{}',
    "last_sync_at" TIMESTAMPTZ(6),
    "last_sync_status" VARCHAR(50),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "tenant_integrations_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "integration_sync_jobs" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "client_company_id" TEXT,
    "tenant_integration_id" TEXT NOT NULL,
    "job_type" VARCHAR(50) NOT NULL,
    "status" VARCHAR(50) NOT NULL DEFAULT 'pending',
    "started_at" TIMESTAMPTZ(6),
    "finished_at" TIMESTAMPTZ(6),
    "error_message" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "integration_sync_jobs_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "integration_sync_logs" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "tenant_integration_id" TEXT NOT NULL,
    "level" VARCHAR(50) NOT NULL,
    "message" TEXT NOT NULL,
    "context" JSONB DEFAULT '{}',
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "integration_sync_logs_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "notifications" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "user_id" TEXT,
    "type" VARCHAR(50) NOT NULL,
    "title" VARCHAR(255) NOT NULL,
    "message" TEXT NOT NULL,
    "meta" JSONB DEFAULT '{}',
    "is_read" BOOLEAN NOT NULL DEFAULT false,
    "read_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "notifications_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "email_logs" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT,
    "to" VARCHAR(255)[],
    "subject" VARCHAR(500) NOT NULL,
    "status" VARCHAR(50) NOT NULL DEFAULT 'sent',
    "message_id" VARCHAR(255),
    "error" TEXT,
    "opened_at" TIMESTAMPTZ(6),
    "clicked_at" TIMESTAMPTZ(6),
    "bounced_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "email_logs_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "retry_queue" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT,
    "type" VARCHAR(50) NOT NULL,
    "payload" JSONB NOT NULL DEFAULT '{}',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "max_attempts" INTEGER NOT NULL DEFAULT 3,
    "next_retry_at" TIMESTAMPTZ(6) NOT NULL,
    "status" VARCHAR(50) NOT NULL DEFAULT 'pending',
    "error" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "retry_queue_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "tenant_usages" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "metric" VARCHAR(50) NOT NULL,
    "period_start" TIMESTAMPTZ(6) NOT NULL,
    "period_end" TIMESTAMPTZ(6) NOT NULL,
    "value" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "tenant_usages_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "scheduled_reports" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "report_code" VARCHAR(100) NOT NULL,
    "client_company_id" TEXT,
    "name" VARCHAR(255) NOT NULL,
    "format" VARCHAR(50) NOT NULL,
    "schedule_cron" VARCHAR(100) NOT NULL,
    "filters" JSONB DEFAULT '{}',
    "recipients" JSONB DEFAULT '[]',
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "last_run_at" TIMESTAMPTZ(6),
    "last_run_status" VARCHAR(50),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "scheduled_reports_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "report_execution_logs" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "scheduled_report_id" TEXT,
    "report_code" VARCHAR(100) NOT NULL,
    "started_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(6),
    "status" VARCHAR(50) NOT NULL,
    "message" TEXT,
    "created_by_user_id" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "report_execution_logs_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "report_definitions" (
    "id" TEXT NOT NULL,
    "code" VARCHAR(100) NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "description" TEXT,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "report_definitions_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "tenants_slug_key" ON "tenants"("slug");

CREATE INDEX "tenants_slug_idx" ON "tenants"("slug");

CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

CREATE INDEX "users_email_idx" ON "users"("email");

CREATE UNIQUE INDEX "user_tenant_memberships_user_id_tenant_id_key" ON "user_tenant_memberships"("user_id", "tenant_id");

CREATE INDEX "user_tenant_memberships_tenant_id_idx" ON "user_tenant_memberships"("tenant_id");

CREATE INDEX "user_tenant_memberships_user_id_idx" ON "user_tenant_memberships"("user_id");

CREATE UNIQUE INDEX "client_companies_tenant_id_tax_number_key" ON "client_companies"("tenant_id", "tax_number");

CREATE INDEX "client_companies_tenant_id_idx" ON "client_companies"("tenant_id");

CREATE INDEX "client_companies_tenant_id_is_active_idx" ON "client_companies"("tenant_id", "is_active");

CREATE INDEX "client_company_bank_accounts_client_company_id_idx" ON "client_company_bank_accounts"("client_company_id");

CREATE INDEX "client_company_bank_accounts_tenant_id_idx" ON "client_company_bank_accounts"("tenant_id");

CREATE UNIQUE INDEX "ledger_accounts_tenant_id_code_key" ON "ledger_accounts"("tenant_id", "code");

CREATE INDEX "ledger_accounts_tenant_id_idx" ON "ledger_accounts"("tenant_id");

CREATE INDEX "ledger_accounts_tenant_id_is_active_idx" ON "ledger_accounts"("tenant_id", "is_active");

CREATE INDEX "invoices_client_company_id_idx" ON "invoices"("client_company_id");

CREATE INDEX "invoices_tenant_id_idx" ON "invoices"("tenant_id");

CREATE INDEX "invoices_tenant_id_issue_date_idx" ON "invoices"("tenant_id", "issue_date");

CREATE INDEX "invoices_tenant_id_status_idx" ON "invoices"("tenant_id", "status");

CREATE INDEX "invoice_lines_invoice_id_idx" ON "invoice_lines"("invoice_id");

CREATE INDEX "invoice_lines_tenant_id_idx" ON "invoice_lines"("tenant_id");

CREATE INDEX "transactions_client_company_id_idx" ON "transactions"("client_company_id");

CREATE INDEX "transactions_tenant_id_date_idx" ON "transactions"("tenant_id", "date");

CREATE INDEX "transactions_tenant_id_external_id_idx" ON "transactions"("tenant_id", "external_id");

CREATE INDEX "transactions_tenant_id_idx" ON "transactions"("tenant_id");

CREATE INDEX "transaction_lines_ledger_account_id_idx" ON "transaction_lines"("ledger_account_id");

CREATE INDEX "transaction_lines_tenant_id_idx" ON "transaction_lines"("tenant_id");

CREATE INDEX "transaction_lines_transaction_id_idx" ON "transaction_lines"("transaction_id");

CREATE INDEX "documents_client_company_id_idx" ON "documents"("client_company_id");

CREATE INDEX "documents_tenant_id_client_company_id_is_deleted_idx" ON "documents"("tenant_id", "client_company_id", "is_deleted");

CREATE INDEX "documents_tenant_id_idx" ON "documents"("tenant_id");

CREATE INDEX "documents_tenant_id_is_deleted_idx" ON "documents"("tenant_id", "is_deleted");

CREATE INDEX "documents_tenant_id_status_idx" ON "documents"("tenant_id", "status");

CREATE UNIQUE INDEX "document_processing_jobs_document_id_key" ON "document_processing_jobs"("document_id");

CREATE INDEX "document_processing_jobs_document_id_idx" ON "document_processing_jobs"("document_id");

CREATE INDEX "document_processing_jobs_tenant_id_idx" ON "document_processing_jobs"("tenant_id");

CREATE INDEX "document_processing_jobs_tenant_id_status_idx" ON "document_processing_jobs"("tenant_id", "status");

CREATE UNIQUE INDEX "document_ocr_results_document_id_key" ON "document_ocr_results"("document_id");

CREATE INDEX "document_ocr_results_document_id_idx" ON "document_ocr_results"("document_id");

CREATE INDEX "document_ocr_results_tenant_id_idx" ON "document_ocr_results"("tenant_id");

CREATE UNIQUE INDEX "document_parsed_data_document_id_key" ON "document_parsed_data"("document_id");

CREATE INDEX "document_parsed_data_document_id_idx" ON "document_parsed_data"("document_id");

CREATE INDEX "document_parsed_data_tenant_id_document_type_idx" ON "document_parsed_data"("tenant_id", "document_type");

CREATE INDEX "document_parsed_data_tenant_id_idx" ON "document_parsed_data"("tenant_id");

CREATE UNIQUE INDEX "document_risk_features_document_id_key" ON "document_risk_features"("document_id");

CREATE INDEX "document_risk_features_document_id_idx" ON "document_risk_features"("document_id");

CREATE INDEX "document_risk_features_tenant_id_idx" ON "document_risk_features"("tenant_id");

CREATE INDEX "document_risk_features_tenant_id_risk_score_idx" ON "document_risk_features"("tenant_id", "risk_score");

CREATE UNIQUE INDEX "risk_rules_tenant_id_code_key" ON "risk_rules"("tenant_id", "code");

CREATE INDEX "risk_rules_is_active_idx" ON "risk_rules"("is_active");

CREATE INDEX "risk_rules_scope_idx" ON "risk_rules"("scope");

CREATE INDEX "risk_rules_tenant_id_idx" ON "risk_rules"("tenant_id");

CREATE UNIQUE INDEX "document_risk_scores_document_id_key" ON "document_risk_scores"("document_id");

CREATE INDEX "document_risk_scores_document_id_idx" ON "document_risk_scores"("document_id");

CREATE INDEX "document_risk_scores_generated_at_idx" ON "document_risk_scores"("generated_at");

CREATE INDEX "document_risk_scores_severity_idx" ON "document_risk_scores"("severity");

CREATE INDEX "document_risk_scores_tenant_id_idx" ON "document_risk_scores"("tenant_id");

CREATE INDEX "document_risk_scores_tenant_id_severity_idx" ON "document_risk_scores"("tenant_id", "severity");

CREATE INDEX "client_company_risk_scores_client_company_id_idx" ON "client_company_risk_scores"("client_company_id");

CREATE INDEX "client_company_risk_scores_generated_at_idx" ON "client_company_risk_scores"("generated_at");

CREATE INDEX "client_company_risk_scores_severity_idx" ON "client_company_risk_scores"("severity");

CREATE INDEX "client_company_risk_scores_tenant_id_idx" ON "client_company_risk_scores"("tenant_id");

CREATE INDEX "client_company_risk_scores_tenant_id_severity_idx" ON "client_company_risk_scores"("tenant_id", "severity");

CREATE INDEX "risk_score_history_entity_type_entity_id_idx" ON "risk_score_history"("entity_type", "entity_id");

CREATE INDEX "risk_score_history_recorded_at_idx" ON "risk_score_history"("recorded_at");

CREATE INDEX "risk_score_history_tenant_id_entity_type_entity_id_idx" ON "risk_score_history"("tenant_id", "entity_type", "entity_id");

CREATE INDEX "risk_score_history_tenant_id_idx" ON "risk_score_history"("tenant_id");

CREATE INDEX "risk_score_history_tenant_id_recorded_at_idx" ON "risk_score_history"("tenant_id", "recorded_at");

CREATE INDEX "risk_alerts_client_company_id_idx" ON "risk_alerts"("client_company_id");

CREATE INDEX "risk_alerts_created_at_idx" ON "risk_alerts"("created_at");

CREATE INDEX "risk_alerts_document_id_idx" ON "risk_alerts"("document_id");

CREATE INDEX "risk_alerts_severity_idx" ON "risk_alerts"("severity");

CREATE INDEX "risk_alerts_status_idx" ON "risk_alerts"("status");

CREATE INDEX "risk_alerts_tenant_id_idx" ON "risk_alerts"("tenant_id");

CREATE INDEX "risk_alerts_tenant_id_severity_idx" ON "risk_alerts"("tenant_id", "severity");

CREATE INDEX "risk_alerts_tenant_id_status_idx" ON "risk_alerts"("tenant_id", "status");

CREATE UNIQUE INDEX "integration_providers_code_key" ON "integration_providers"("code");

CREATE INDEX "integration_providers_is_active_idx" ON "integration_providers"("is_active");

CREATE INDEX "integration_providers_type_idx" ON "integration_providers"("type");

CREATE INDEX "tenant_integrations_client_company_id_idx" ON "tenant_integrations"("client_company_id");

CREATE INDEX "tenant_integrations_provider_id_idx" ON "tenant_integrations"("provider_id");

CREATE INDEX "tenant_integrations_tenant_id_idx" ON "tenant_integrations"("tenant_id");

CREATE INDEX "tenant_integrations_tenant_id_status_idx" ON "tenant_integrations"("tenant_id", "status");

CREATE INDEX "integration_sync_jobs_status_idx" ON "integration_sync_jobs"("status");

CREATE INDEX "integration_sync_jobs_tenant_id_idx" ON "integration_sync_jobs"("tenant_id");

CREATE INDEX "integration_sync_jobs_tenant_id_status_idx" ON "integration_sync_jobs"("tenant_id", "status");

CREATE INDEX "integration_sync_jobs_tenant_integration_id_idx" ON "integration_sync_jobs"("tenant_integration_id");

CREATE INDEX "integration_sync_logs_created_at_idx" ON "integration_sync_logs"("created_at");

CREATE INDEX "integration_sync_logs_level_idx" ON "integration_sync_logs"("level");

CREATE INDEX "integration_sync_logs_tenant_id_idx" ON "integration_sync_logs"("tenant_id");

CREATE INDEX "integration_sync_logs_tenant_id_tenant_integration_id_idx" ON "integration_sync_logs"("tenant_id", "tenant_integration_id");

CREATE INDEX "integration_sync_logs_tenant_integration_id_idx" ON "integration_sync_logs"("tenant_integration_id");

CREATE INDEX "notifications_created_at_idx" ON "notifications"("created_at");

CREATE INDEX "notifications_tenant_id_idx" ON "notifications"("tenant_id");

CREATE INDEX "notifications_tenant_id_is_read_idx" ON "notifications"("tenant_id", "is_read");

CREATE INDEX "notifications_tenant_id_user_id_idx" ON "notifications"("tenant_id", "user_id");

CREATE INDEX "email_logs_created_at_idx" ON "email_logs"("created_at");

CREATE INDEX "email_logs_status_idx" ON "email_logs"("status");

CREATE INDEX "email_logs_tenant_id_idx" ON "email_logs"("tenant_id");

CREATE INDEX "retry_queue_next_retry_at_idx" ON "retry_queue"("next_retry_at");

CREATE INDEX "retry_queue_status_idx" ON "retry_queue"("status");

CREATE INDEX "retry_queue_tenant_id_idx" ON "retry_queue"("tenant_id");

CREATE INDEX "retry_queue_type_idx" ON "retry_queue"("type");

CREATE UNIQUE INDEX "tenant_usages_tenant_id_metric_period_start_key" ON "tenant_usages"("tenant_id", "metric", "period_start");

CREATE INDEX "tenant_usages_period_start_period_end_idx" ON "tenant_usages"("period_start", "period_end");

CREATE INDEX "tenant_usages_tenant_id_idx" ON "tenant_usages"("tenant_id");

CREATE INDEX "tenant_usages_tenant_id_metric_idx" ON "tenant_usages"("tenant_id", "metric");

CREATE INDEX "scheduled_reports_report_code_idx" ON "scheduled_reports"("report_code");

CREATE INDEX "scheduled_reports_tenant_id_idx" ON "scheduled_reports"("tenant_id");

CREATE INDEX "scheduled_reports_tenant_id_is_active_idx" ON "scheduled_reports"("tenant_id", "is_active");

CREATE INDEX "report_execution_logs_scheduled_report_id_idx" ON "report_execution_logs"("scheduled_report_id");

CREATE INDEX "report_execution_logs_started_at_idx" ON "report_execution_logs"("started_at");

CREATE INDEX "report_execution_logs_status_idx" ON "report_execution_logs"("status");

CREATE INDEX "report_execution_logs_tenant_id_idx" ON "report_execution_logs"("tenant_id");

CREATE INDEX "report_execution_logs_tenant_id_report_code_idx" ON "report_execution_logs"("tenant_id", "report_code");

CREATE UNIQUE INDEX "report_definitions_code_key" ON "report_definitions"("code");

CREATE INDEX "report_definitions_is_active_idx" ON "report_definitions"("is_active");

ALTER TABLE "user_tenant_memberships" ADD CONSTRAINT "user_tenant_memberships_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "user_tenant_memberships" ADD CONSTRAINT "user_tenant_memberships_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "client_companies" ADD CONSTRAINT "client_companies_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "client_company_bank_accounts" ADD CONSTRAINT "client_company_bank_accounts_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "client_company_bank_accounts" ADD CONSTRAINT "client_company_bank_accounts_client_company_id_fkey" FOREIGN KEY ("client_company_id") REFERENCES "client_companies"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "ledger_accounts" ADD CONSTRAINT "ledger_accounts_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "invoices" ADD CONSTRAINT "invoices_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "invoices" ADD CONSTRAINT "invoices_client_company_id_fkey" FOREIGN KEY ("client_company_id") REFERENCES "client_companies"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "invoice_lines" ADD CONSTRAINT "invoice_lines_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "invoice_lines" ADD CONSTRAINT "invoice_lines_invoice_id_fkey" FOREIGN KEY ("invoice_id") REFERENCES "invoices"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "transactions" ADD CONSTRAINT "transactions_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "transactions" ADD CONSTRAINT "transactions_client_company_id_fkey" FOREIGN KEY ("client_company_id") REFERENCES "client_companies"("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "transaction_lines" ADD CONSTRAINT "transaction_lines_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "transaction_lines" ADD CONSTRAINT "transaction_lines_transaction_id_fkey" FOREIGN KEY ("transaction_id") REFERENCES "transactions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "transaction_lines" ADD CONSTRAINT "transaction_lines_ledger_account_id_fkey" FOREIGN KEY ("ledger_account_id") REFERENCES "ledger_accounts"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "documents" ADD CONSTRAINT "documents_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "documents" ADD CONSTRAINT "documents_client_company_id_fkey" FOREIGN KEY ("client_company_id") REFERENCES "client_companies"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "documents" ADD CONSTRAINT "documents_related_invoice_id_fkey" FOREIGN KEY ("related_invoice_id") REFERENCES "invoices"("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "documents" ADD CONSTRAINT "documents_related_transaction_id_fkey" FOREIGN KEY ("related_transaction_id") REFERENCES "transactions"("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "documents" ADD CONSTRAINT "documents_upload_user_id_fkey" FOREIGN KEY ("upload_user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "document_processing_jobs" ADD CONSTRAINT "document_processing_jobs_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "document_processing_jobs" ADD CONSTRAINT "document_processing_jobs_document_id_fkey" FOREIGN KEY ("document_id") REFERENCES "documents"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "document_ocr_results" ADD CONSTRAINT "document_ocr_results_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "document_ocr_results" ADD CONSTRAINT "document_ocr_results_document_id_fkey" FOREIGN KEY ("document_id") REFERENCES "documents"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "document_parsed_data" ADD CONSTRAINT "document_parsed_data_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "document_parsed_data" ADD CONSTRAINT "document_parsed_data_document_id_fkey" FOREIGN KEY ("document_id") REFERENCES "documents"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "document_risk_features" ADD CONSTRAINT "document_risk_features_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "document_risk_features" ADD CONSTRAINT "document_risk_features_document_id_fkey" FOREIGN KEY ("document_id") REFERENCES "documents"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "risk_rules" ADD CONSTRAINT "risk_rules_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "document_risk_scores" ADD CONSTRAINT "document_risk_scores_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "document_risk_scores" ADD CONSTRAINT "document_risk_scores_document_id_fkey" FOREIGN KEY ("document_id") REFERENCES "documents"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "client_company_risk_scores" ADD CONSTRAINT "client_company_risk_scores_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "client_company_risk_scores" ADD CONSTRAINT "client_company_risk_scores_client_company_id_fkey" FOREIGN KEY ("client_company_id") REFERENCES "client_companies"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "risk_score_history" ADD CONSTRAINT "risk_score_history_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "risk_alerts" ADD CONSTRAINT "risk_alerts_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "risk_alerts" ADD CONSTRAINT "risk_alerts_client_company_id_fkey" FOREIGN KEY ("client_company_id") REFERENCES "client_companies"("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "risk_alerts" ADD CONSTRAINT "risk_alerts_document_id_fkey" FOREIGN KEY ("document_id") REFERENCES "documents"("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "risk_alerts" ADD CONSTRAINT "risk_alerts_resolved_by_user_id_fkey" FOREIGN KEY ("resolved_by_user_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "tenant_integrations" ADD CONSTRAINT "tenant_integrations_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "tenant_integrations" ADD CONSTRAINT "tenant_integrations_client_company_id_fkey" FOREIGN KEY ("client_company_id") REFERENCES "client_companies"("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "tenant_integrations" ADD CONSTRAINT "tenant_integrations_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "integration_providers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "integration_sync_jobs" ADD CONSTRAINT "integration_sync_jobs_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "integration_sync_jobs" ADD CONSTRAINT "integration_sync_jobs_client_company_id_fkey" FOREIGN KEY ("client_company_id") REFERENCES "client_companies"("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "integration_sync_jobs" ADD CONSTRAINT "integration_sync_jobs_tenant_integration_id_fkey" FOREIGN KEY ("tenant_integration_id") REFERENCES "tenant_integrations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "integration_sync_logs" ADD CONSTRAINT "integration_sync_logs_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "integration_sync_logs" ADD CONSTRAINT "integration_sync_logs_tenant_integration_id_fkey" FOREIGN KEY ("tenant_integration_id") REFERENCES "tenant_integrations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "notifications" ADD CONSTRAINT "notifications_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "notifications" ADD CONSTRAINT "notifications_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "email_logs" ADD CONSTRAINT "email_logs_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "retry_queue" ADD CONSTRAINT "retry_queue_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "tenant_usages" ADD CONSTRAINT "tenant_usages_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "scheduled_reports" ADD CONSTRAINT "scheduled_reports_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "scheduled_reports" ADD CONSTRAINT "scheduled_reports_client_company_id_fkey" FOREIGN KEY ("client_company_id") REFERENCES "client_companies"("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "report_execution_logs" ADD CONSTRAINT "report_execution_logs_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "report_execution_logs" ADD CONSTRAINT "report_execution_logs_scheduled_report_id_fkey" FOREIGN KEY ("scheduled_report_id") REFERENCES "scheduled_reports"("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "report_execution_logs" ADD CONSTRAINT "report_execution_logs_created_by_user_id_fkey" FOREIGN KEY ("created_by_user_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;
