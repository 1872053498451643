-- The platform's tables, for a database that is empty. A table that exists belongs to the platform
-- and is left alone, its indexes included: nothing here may lock a table that is in use.
-- Names of constraints and indexes are those that the platform's schema tool gives.

DO $$ BEGIN
    IF to_regclass('tenants') IS NOT NULL THEN RETURN; END IF;
    CREATE TABLE tenants (
        id text NOT NULL,
        name varchar(255) NOT NULL,
        slug varchar(100) NOT NULL,
        tax_number varchar(50),
        phone varchar(50),
        email varchar(255),
        address text,
        status varchar(50) NOT NULL DEFAULT 'ACTIVE',
        settings jsonb DEFAULT '{}',
        metadata jsonb DEFAULT '{}',
        created_at timestamptz(6) NOT NULL DEFAULT now(),
        updated_at timestamptz(6) NOT NULL,
        CONSTRAINT tenants_pkey PRIMARY KEY (id)
    );
    CREATE UNIQUE INDEX tenants_slug_key
        ON tenants (slug);
    CREATE INDEX tenants_slug_idx
        ON tenants (slug);
END $$;

DO $$ BEGIN
    IF to_regclass('users') IS NOT NULL THEN RETURN; END IF;
    CREATE TABLE users (
        id text NOT NULL,
        email varchar(255) NOT NULL,
        hashed_password varchar(255) NOT NULL,
        full_name varchar(255) NOT NULL,
        locale varchar(10) NOT NULL DEFAULT 'tr-TR',
        is_active boolean NOT NULL DEFAULT true,
        platform_role varchar(50),
        last_login_at timestamptz(6),
        metadata jsonb DEFAULT '{}',
        created_at timestamptz(6) NOT NULL DEFAULT now(),
        updated_at timestamptz(6) NOT NULL,
        CONSTRAINT users_pkey PRIMARY KEY (id)
    );
    CREATE UNIQUE INDEX users_email_key
        ON users (email);
    CREATE INDEX users_email_idx
        ON users (email);
END $$;

DO $$ BEGIN
    IF to_regclass('user_tenant_memberships') IS NOT NULL THEN RETURN; END IF;
    CREATE TABLE user_tenant_memberships (
        id text NOT NULL,
        user_id text NOT NULL,
        tenant_id text NOT NULL,
        role varchar(50) NOT NULL,
        status varchar(50) NOT NULL DEFAULT 'active',
        created_at timestamptz(6) NOT NULL DEFAULT now(),
        updated_at timestamptz(6) NOT NULL,
        CONSTRAINT user_tenant_memberships_pkey PRIMARY KEY (id),
        CONSTRAINT user_tenant_memberships_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)
            ON UPDATE CASCADE ON DELETE CASCADE,
        CONSTRAINT user_tenant_memberships_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
            ON UPDATE CASCADE ON DELETE CASCADE
    );
    CREATE UNIQUE INDEX user_tenant_memberships_user_id_tenant_id_key
        ON user_tenant_memberships (user_id, tenant_id);
    CREATE INDEX user_tenant_memberships_tenant_id_idx
        ON user_tenant_memberships (tenant_id);
    CREATE INDEX user_tenant_memberships_user_id_idx
        ON user_tenant_memberships (user_id);
END $$;

DO $$ BEGIN
    IF to_regclass('client_companies') IS NOT NULL THEN RETURN; END IF;
    CREATE TABLE client_companies (
        id text NOT NULL,
        tenant_id text NOT NULL,
        name varchar(255) NOT NULL,
        legal_type varchar(50) NOT NULL,
        tax_number varchar(50) NOT NULL,
        trade_registry_number varchar(50),
        sector varchar(255),
        contact_person_name varchar(255),
        contact_phone varchar(50),
        contact_email varchar(255),
        address text,
        start_date timestamptz(6),
        is_active boolean NOT NULL DEFAULT true,
        metadata jsonb DEFAULT '{}',
        created_at timestamptz(6) NOT NULL DEFAULT now(),
        updated_at timestamptz(6) NOT NULL,
        CONSTRAINT client_companies_pkey PRIMARY KEY (id),
        CONSTRAINT client_companies_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
            ON UPDATE CASCADE ON DELETE CASCADE
    );
    CREATE UNIQUE INDEX client_companies_tenant_id_tax_number_key
        ON client_companies (tenant_id, tax_number);
    CREATE INDEX client_companies_tenant_id_idx
        ON client_companies (tenant_id);
    CREATE INDEX client_companies_tenant_id_is_active_idx
        ON client_companies (tenant_id, is_active);
END $$;

DO $$ BEGIN
    IF to_regclass('client_company_bank_accounts') IS NOT NULL THEN RETURN; END IF;
    CREATE TABLE client_company_bank_accounts (
        id text NOT NULL,
        tenant_id text NOT NULL,
        client_company_id text NOT NULL,
        bank_name varchar(255) NOT NULL,
        iban varchar(34) NOT NULL,
        account_number varchar(50),
        currency varchar(3) NOT NULL DEFAULT 'TRY',
        is_primary boolean NOT NULL DEFAULT false,
        created_at timestamptz(6) NOT NULL DEFAULT now(),
        updated_at timestamptz(6) NOT NULL,
        CONSTRAINT client_company_bank_accounts_pkey PRIMARY KEY (id),
        CONSTRAINT client_company_bank_accounts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
            ON UPDATE CASCADE ON DELETE CASCADE,
        CONSTRAINT client_company_bank_accounts_client_company_id_fkey FOREIGN KEY (client_company_id) REFERENCES client_companies (id)
            ON UPDATE CASCADE ON DELETE CASCADE
    );
    CREATE INDEX client_company_bank_accounts_client_company_id_idx
        ON client_company_bank_accounts (client_company_id);
    CREATE INDEX client_company_bank_accounts_tenant_id_idx
        ON client_company_bank_accounts (tenant_id);
END $$;

DO $$ BEGIN
    IF to_regclass('ledger_accounts') IS NOT NULL THEN RETURN; END IF;
    CREATE TABLE ledger_accounts (
        id text NOT NULL,
        tenant_id text NOT NULL,
        code varchar(50) NOT NULL,
        name varchar(255) NOT NULL,
        type varchar(50) NOT NULL,
        is_active boolean NOT NULL DEFAULT true,
        created_at timestamptz(6) NOT NULL DEFAULT now(),
        updated_at timestamptz(6) NOT NULL,
        CONSTRAINT ledger_accounts_pkey PRIMARY KEY (id),
        CONSTRAINT ledger_accounts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
            ON UPDATE CASCADE ON DELETE CASCADE
    );
    CREATE UNIQUE INDEX ledger_accounts_tenant_id_code_key
        ON ledger_accounts (tenant_id, code);
    CREATE INDEX ledger_accounts_tenant_id_idx
        ON ledger_accounts (tenant_id);
    CREATE INDEX ledger_accounts_tenant_id_is_active_idx
        ON ledger_accounts (tenant_id, is_active);
END $$;

DO $$ BEGIN
    IF to_regclass('invoices') IS NOT NULL THEN RETURN; END IF;
    CREATE TABLE invoices (
        id text NOT NULL,
        tenant_id text NOT NULL,
        client_company_id text NOT NULL,
        external_id varchar(255),
        type varchar(50) NOT NULL,
        issue_date timestamptz(6) NOT NULL,
        due_date timestamptz(6),
        total_amount numeric(15,2) NOT NULL,
        currency varchar(3) NOT NULL DEFAULT 'TRY',
        tax_amount numeric(15,2) NOT NULL,
        net_amount numeric(15,2),
        counterparty_name varchar(255),
        counterparty_tax_number varchar(50),
        status varchar(50) NOT NULL DEFAULT 'taslak',
        source varchar(50) NOT NULL DEFAULT 'manual',
        metadata jsonb DEFAULT '{}',
        pushed_at timestamptz(6),
        created_at timestamptz(6) NOT NULL DEFAULT now(),
        updated_at timestamptz(6) NOT NULL,
        CONSTRAINT invoices_pkey PRIMARY KEY (id),
        CONSTRAINT invoices_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
            ON UPDATE CASCADE ON DELETE CASCADE,
        CONSTRAINT invoices_client_company_id_fkey FOREIGN KEY (client_company_id) REFERENCES client_companies (id)
            ON UPDATE CASCADE ON DELETE CASCADE
    );
    CREATE INDEX invoices_client_company_id_idx
        ON invoices (client_company_id);
    CREATE INDEX invoices_tenant_id_idx
        ON invoices (tenant_id);
    CREATE INDEX invoices_tenant_id_issue_date_idx
        ON invoices (tenant_id, issue_date);
    CREATE INDEX invoices_tenant_id_status_idx
        ON invoices (tenant_id, status);
END $$;

DO $$ BEGIN
    IF to_regclass('invoice_lines') IS NOT NULL THEN RETURN; END IF;
    CREATE TABLE invoice_lines (
        id text NOT NULL,
        tenant_id text NOT NULL,
        invoice_id text NOT NULL,
        line_number integer NOT NULL,
        description varchar(500) NOT NULL,
        quantity numeric(15,3) NOT NULL,
        unit_price numeric(15,2) NOT NULL,
        line_total numeric(15,2) NOT NULL,
        vat_rate numeric(5,4) NOT NULL,
        vat_amount numeric(15,2) NOT NULL,
        created_at timestamptz(6) NOT NULL DEFAULT now(),
        updated_at timestamptz(6) NOT NULL,
        CONSTRAINT invoice_lines_pkey PRIMARY KEY (id),
        CONSTRAINT invoice_lines_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
            ON UPDATE CASCADE ON DELETE CASCADE,
        CONSTRAINT invoice_lines_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES invoices (id)
            ON UPDATE CASCADE ON DELETE CASCADE
    );
    CREATE INDEX invoice_lines_invoice_id_idx
        ON invoice_lines (invoice_id);
    CREATE INDEX invoice_lines_tenant_id_idx
        ON invoice_lines (tenant_id);
END $$;

DO $$ BEGIN
    IF to_regclass('transactions') IS NOT NULL THEN RETURN; END IF;
    CREATE TABLE transactions (
        id text NOT NULL,
        tenant_id text NOT NULL,
        client_company_id text,
        external_id varchar(255),
        date timestamptz(6) NOT NULL,
        reference_no varchar(100),
        description text,
        source varchar(50) NOT NULL DEFAULT 'manual',
        pushed_at timestamptz(6),
        created_at timestamptz(6) NOT NULL DEFAULT now(),
        updated_at timestamptz(6) NOT NULL,
        CONSTRAINT transactions_pkey PRIMARY KEY (id),
        CONSTRAINT transactions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
            ON UPDATE CASCADE ON DELETE CASCADE,
        CONSTRAINT transactions_client_company_id_fkey FOREIGN KEY (client_company_id) REFERENCES client_companies (id)
            ON UPDATE CASCADE ON DELETE SET NULL
    );
    CREATE INDEX transactions_client_company_id_idx
        ON transactions (client_company_id);
    CREATE INDEX transactions_tenant_id_date_idx
        ON transactions (tenant_id, date);
    CREATE INDEX transactions_tenant_id_external_id_idx
        ON transactions (tenant_id, external_id);
    CREATE INDEX transactions_tenant_id_idx
        ON transactions (tenant_id);
END $$;

DO $$ BEGIN
    IF to_regclass('transaction_lines') IS NOT NULL THEN RETURN; END IF;
    CREATE TABLE transaction_lines (
        id text NOT NULL,
        tenant_id text NOT NULL,
        transaction_id text NOT NULL,
        ledger_account_id text NOT NULL,
        debit_amount numeric(15,2) NOT NULL,
        credit_amount numeric(15,2) NOT NULL,
        description text,
        created_at timestamptz(6) NOT NULL DEFAULT now(),
        updated_at timestamptz(6) NOT NULL,
        CONSTRAINT transaction_lines_pkey PRIMARY KEY (id),
        CONSTRAINT transaction_lines_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
            ON UPDATE CASCADE ON DELETE CASCADE,
        CONSTRAINT transaction_lines_transaction_id_fkey FOREIGN KEY (transaction_id) REFERENCES transactions (id)
            ON UPDATE CASCADE ON DELETE CASCADE,
        CONSTRAINT transaction_lines_ledger_account_id_fkey FOREIGN KEY (ledger_account_id) REFERENCES ledger_accounts (id)
            ON UPDATE CASCADE ON DELETE RESTRICT
    );
    CREATE INDEX transaction_lines_ledger_account_id_idx
        ON transaction_lines (ledger_account_id);
    CREATE INDEX transaction_lines_tenant_id_idx
        ON transaction_lines (tenant_id);
    CREATE INDEX transaction_lines_transaction_id_idx
        ON transaction_lines (transaction_id);
END $$;

DO $$ BEGIN
    IF to_regclass('documents') IS NOT NULL THEN RETURN; END IF;
    CREATE TABLE documents (
        id text NOT NULL,
        tenant_id text NOT NULL,
        client_company_id text NOT NULL,
        related_invoice_id text,
        related_transaction_id text,
        type varchar(50) NOT NULL,
        original_file_name varchar(500) NOT NULL,
        storage_path varchar(1000) NOT NULL,
        mime_type varchar(100) NOT NULL,
        file_size_bytes bigint NOT NULL,
        upload_user_id text NOT NULL,
        upload_source varchar(50) NOT NULL DEFAULT 'manual',
        status varchar(50) NOT NULL DEFAULT 'UPLOADED',
        processing_error_message text,
        processed_at timestamptz(6),
        is_deleted boolean NOT NULL DEFAULT false,
        created_at timestamptz(6) NOT NULL DEFAULT now(),
        updated_at timestamptz(6) NOT NULL,
        CONSTRAINT documents_pkey PRIMARY KEY (id),
        CONSTRAINT documents_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
            ON UPDATE CASCADE ON DELETE CASCADE,
        CONSTRAINT documents_client_company_id_fkey FOREIGN KEY (client_company_id) REFERENCES client_companies (id)
            ON UPDATE CASCADE ON DELETE CASCADE,
        CONSTRAINT documents_related_invoice_id_fkey FOREIGN KEY (related_invoice_id) REFERENCES invoices (id)
            ON UPDATE CASCADE ON DELETE SET NULL,
        CONSTRAINT documents_related_transaction_id_fkey FOREIGN KEY (related_transaction_id) REFERENCES transactions (id)
            ON UPDATE CASCADE ON DELETE SET NULL,
        CONSTRAINT documents_upload_user_id_fkey FOREIGN KEY (upload_user_id) REFERENCES users (id)
            ON UPDATE CASCADE ON DELETE RESTRICT
    );
    CREATE INDEX documents_client_company_id_idx
        ON documents (client_company_id);
    CREATE INDEX documents_tenant_id_client_company_id_is_deleted_idx
        ON documents (tenant_id, client_company_id, is_deleted);
    CREATE INDEX documents_tenant_id_idx
        ON documents (tenant_id);
    CREATE INDEX documents_tenant_id_is_deleted_idx
        ON documents (tenant_id, is_deleted);
    CREATE INDEX documents_tenant_id_status_idx
        ON documents (tenant_id, status);
END $$;

DO $$ BEGIN
    IF to_regclass('document_processing_jobs') IS NOT NULL THEN RETURN; END IF;
    CREATE TABLE document_processing_jobs (
        id text NOT NULL,
        tenant_id text NOT NULL,
        document_id text NOT NULL,
        status varchar(50) NOT NULL DEFAULT 'PENDING',
        attempts_count integer NOT NULL DEFAULT 0,
        last_error_message text,
        last_attempt_at timestamptz(6),
        created_at timestamptz(6) NOT NULL DEFAULT now(),
        updated_at timestamptz(6) NOT NULL,
        CONSTRAINT document_processing_jobs_pkey PRIMARY KEY (id),
        CONSTRAINT document_processing_jobs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
            ON UPDATE CASCADE ON DELETE CASCADE,
        CONSTRAINT document_processing_jobs_document_id_fkey FOREIGN KEY (document_id) REFERENCES documents (id)
            ON UPDATE CASCADE ON DELETE CASCADE
    );
    CREATE UNIQUE INDEX document_processing_jobs_document_id_key
        ON document_processing_jobs (document_id);
    CREATE INDEX document_processing_jobs_document_id_idx
        ON document_processing_jobs (document_id);
    CREATE INDEX document_processing_jobs_tenant_id_idx
        ON document_processing_jobs (tenant_id);
    CREATE INDEX document_processing_jobs_tenant_id_status_idx
        ON document_processing_jobs (tenant_id, status);
END $$;

DO $$ BEGIN
    IF to_regclass('document_ocr_results') IS NOT NULL THEN RETURN; END IF;
    CREATE TABLE document_ocr_results (
        id text NOT NULL,
        tenant_id text NOT NULL,
        document_id text NOT NULL,
        raw_text text NOT NULL,
        ocr_engine varchar(50) NOT NULL,
        confidence numeric(5,4),
        created_at timestamptz(6) NOT NULL DEFAULT now(),
        updated_at timestamptz(6) NOT NULL,
        CONSTRAINT document_ocr_results_pkey PRIMARY KEY (id),
        CONSTRAINT document_ocr_results_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
            ON UPDATE CASCADE ON DELETE CASCADE,
        CONSTRAINT document_ocr_results_document_id_fkey FOREIGN KEY (document_id) REFERENCES documents (id)
            ON UPDATE CASCADE ON DELETE CASCADE
    );
    CREATE UNIQUE INDEX document_ocr_results_document_id_key
        ON document_ocr_results (document_id);
    CREATE INDEX document_ocr_results_document_id_idx
        ON document_ocr_results (document_id);
    CREATE INDEX document_ocr_results_tenant_id_idx
        ON document_ocr_results (tenant_id);
END $$;

DO $$ BEGIN
    IF to_regclass('document_parsed_data') IS NOT NULL THEN RETURN; END IF;
    CREATE TABLE document_parsed_data (
        id text NOT NULL,
        tenant_id text NOT NULL,
        document_id text NOT NULL,
        document_type varchar(50) NOT NULL,
        fields jsonb NOT NULL DEFAULT '{}',
        parser_version varchar(50) NOT NULL,
        created_at timestamptz(6) NOT NULL DEFAULT now(),
        updated_at timestamptz(6) NOT NULL,
        CONSTRAINT document_parsed_data_pkey PRIMARY KEY (id),
        CONSTRAINT document_parsed_data_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
            ON UPDATE CASCADE ON DELETE CASCADE,
        CONSTRAINT document_parsed_data_document_id_fkey FOREIGN KEY (document_id) REFERENCES documents (id)
            ON UPDATE CASCADE ON DELETE CASCADE
    );
    CREATE UNIQUE INDEX document_parsed_data_document_id_key
        ON document_parsed_data (document_id);
    CREATE INDEX document_parsed_data_document_id_idx
        ON document_parsed_data (document_id);
    CREATE INDEX document_parsed_data_tenant_id_document_type_idx
        ON document_parsed_data (tenant_id, document_type);
    CREATE INDEX document_parsed_data_tenant_id_idx
        ON document_parsed_data (tenant_id);
END $$;

DO $$ BEGIN
    IF to_regclass('document_risk_features') IS NOT NULL THEN RETURN; END IF;
    CREATE TABLE document_risk_features (
        id text NOT NULL,
        tenant_id text NOT NULL,
        document_id text NOT NULL,
        features jsonb NOT NULL DEFAULT '{}',
        "riskFlags" jsonb NOT NULL DEFAULT '[]',
        risk_score numeric(5,2),
        generated_at timestamptz(6) NOT NULL,
        created_at timestamptz(6) NOT NULL DEFAULT now(),
        updated_at timestamptz(6) NOT NULL,
        CONSTRAINT document_risk_features_pkey PRIMARY KEY (id),
        CONSTRAINT document_risk_features_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
            ON UPDATE CASCADE ON DELETE CASCADE,
        CONSTRAINT document_risk_features_document_id_fkey FOREIGN KEY (document_id) REFERENCES documents (id)
            ON UPDATE CASCADE ON DELETE CASCADE
    );
    CREATE UNIQUE INDEX document_risk_features_document_id_key
        ON document_risk_features (document_id);
    CREATE INDEX document_risk_features_document_id_idx
        ON document_risk_features (document_id);
    CREATE INDEX document_risk_features_tenant_id_idx
        ON document_risk_features (tenant_id);
    CREATE INDEX document_risk_features_tenant_id_risk_score_idx
        ON document_risk_features (tenant_id, risk_score);
END $$;

DO $$ BEGIN
    IF to_regclass('risk_rules') IS NOT NULL THEN RETURN; END IF;
    CREATE TABLE risk_rules (
        id text NOT NULL,
        tenant_id text,
        scope varchar(50) NOT NULL,
        code varchar(100) NOT NULL,
        description varchar(500) NOT NULL,
        weight numeric(5,2) NOT NULL,
        is_active boolean NOT NULL DEFAULT true,
        default_severity varchar(50) NOT NULL,
        config jsonb DEFAULT '{}',
        created_at timestamptz(6) NOT NULL DEFAULT now(),
        updated_at timestamptz(6) NOT NULL,
        CONSTRAINT risk_rules_pkey PRIMARY KEY (id),
        CONSTRAINT risk_rules_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
            ON UPDATE CASCADE ON DELETE CASCADE
    );
    CREATE UNIQUE INDEX risk_rules_tenant_id_code_key
        ON risk_rules (tenant_id, code);
    CREATE INDEX risk_rules_is_active_idx
        ON risk_rules (is_active);
    CREATE INDEX risk_rules_scope_idx
        ON risk_rules (scope);
    CREATE INDEX risk_rules_tenant_id_idx
        ON risk_rules (tenant_id);
END $$;

DO $$ BEGIN
    IF to_regclass('document_risk_scores') IS NOT NULL THEN RETURN; END IF;
    CREATE TABLE document_risk_scores (
        id text NOT NULL,
        tenant_id text NOT NULL,
        document_id text NOT NULL,
        score numeric(5,2) NOT NULL,
        severity varchar(50) NOT NULL,
        "triggeredRuleCodes" jsonb NOT NULL DEFAULT '[]',
        generated_at timestamptz(6) NOT NULL,
        created_at timestamptz(6) NOT NULL DEFAULT now(),
        updated_at timestamptz(6) NOT NULL,
        CONSTRAINT document_risk_scores_pkey PRIMARY KEY (id),
        CONSTRAINT document_risk_scores_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
            ON UPDATE CASCADE ON DELETE CASCADE,
        CONSTRAINT document_risk_scores_document_id_fkey FOREIGN KEY (document_id) REFERENCES documents (id)
            ON UPDATE CASCADE ON DELETE CASCADE
    );
    CREATE UNIQUE INDEX document_risk_scores_document_id_key
        ON document_risk_scores (document_id);
    CREATE INDEX document_risk_scores_document_id_idx
        ON document_risk_scores (document_id);
    CREATE INDEX document_risk_scores_generated_at_idx
        ON document_risk_scores (generated_at);
    CREATE INDEX document_risk_scores_severity_idx
        ON document_risk_scores (severity);
    CREATE INDEX document_risk_scores_tenant_id_idx
        ON document_risk_scores (tenant_id);
    CREATE INDEX document_risk_scores_tenant_id_severity_idx
        ON document_risk_scores (tenant_id, severity);
END $$;

DO $$ BEGIN
    IF to_regclass('client_company_risk_scores') IS NOT NULL THEN RETURN; END IF;
    CREATE TABLE client_company_risk_scores (
        id text NOT NULL,
        tenant_id text NOT NULL,
        client_company_id text NOT NULL,
        score numeric(5,2) NOT NULL,
        severity varchar(50) NOT NULL,
        "triggeredRuleCodes" jsonb NOT NULL DEFAULT '[]',
        generated_at timestamptz(6) NOT NULL,
        created_at timestamptz(6) NOT NULL DEFAULT now(),
        updated_at timestamptz(6) NOT NULL,
        CONSTRAINT client_company_risk_scores_pkey PRIMARY KEY (id),
        CONSTRAINT client_company_risk_scores_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
            ON UPDATE CASCADE ON DELETE CASCADE,
        CONSTRAINT client_company_risk_scores_client_company_id_fkey FOREIGN KEY (client_company_id) REFERENCES client_companies (id)
            ON UPDATE CASCADE ON DELETE CASCADE
    );
    CREATE INDEX client_company_risk_scores_client_company_id_idx
        ON client_company_risk_scores (client_company_id);
    CREATE INDEX client_company_risk_scores_generated_at_idx
        ON client_company_risk_scores (generated_at);
    CREATE INDEX client_company_risk_scores_severity_idx
        ON client_company_risk_scores (severity);
    CREATE INDEX client_company_risk_scores_tenant_id_idx
        ON client_company_risk_scores (tenant_id);
    CREATE INDEX client_company_risk_scores_tenant_id_severity_idx
        ON client_company_risk_scores (tenant_id, severity);
END $$;

DO $$ BEGIN
    IF to_regclass('risk_score_history') IS NOT NULL THEN RETURN; END IF;
    CREATE TABLE risk_score_history (
        id text NOT NULL,
        tenant_id text NOT NULL,
        entity_type varchar(50) NOT NULL,
        entity_id text NOT NULL,
        score numeric(5,2) NOT NULL,
        severity varchar(50) NOT NULL,
        recorded_at timestamptz(6) NOT NULL,
        created_at timestamptz(6) NOT NULL DEFAULT now(),
        CONSTRAINT risk_score_history_pkey PRIMARY KEY (id),
        CONSTRAINT risk_score_history_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
            ON UPDATE CASCADE ON DELETE CASCADE
    );
    CREATE INDEX risk_score_history_entity_type_entity_id_idx
        ON risk_score_history (entity_type, entity_id);
    CREATE INDEX risk_score_history_recorded_at_idx
        ON risk_score_history (recorded_at);
    CREATE INDEX risk_score_history_tenant_id_entity_type_entity_id_idx
        ON risk_score_history (tenant_id, entity_type, entity_id);
    CREATE INDEX risk_score_history_tenant_id_idx
        ON risk_score_history (tenant_id);
    CREATE INDEX risk_score_history_tenant_id_recorded_at_idx
        ON risk_score_history (tenant_id, recorded_at);
END $$;

DO $$ BEGIN
    IF to_regclass('risk_alerts') IS NOT NULL THEN RETURN; END IF;
    CREATE TABLE risk_alerts (
        id text NOT NULL,
        tenant_id text NOT NULL,
        client_company_id text,
        document_id text,
        type varchar(100) NOT NULL,
        title varchar(255) NOT NULL,
        message text NOT NULL,
        severity varchar(50) NOT NULL,
        status varchar(50) NOT NULL DEFAULT 'open',
        resolved_at timestamptz(6),
        resolved_by_user_id text,
        created_at timestamptz(6) NOT NULL DEFAULT now(),
        updated_at timestamptz(6) NOT NULL,
        CONSTRAINT risk_alerts_pkey PRIMARY KEY (id),
        CONSTRAINT risk_alerts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
            ON UPDATE CASCADE ON DELETE CASCADE,
        CONSTRAINT risk_alerts_client_company_id_fkey FOREIGN KEY (client_company_id) REFERENCES client_companies (id)
            ON UPDATE CASCADE ON DELETE SET NULL,
        CONSTRAINT risk_alerts_document_id_fkey FOREIGN KEY (document_id) REFERENCES documents (id)
            ON UPDATE CASCADE ON DELETE SET NULL,
        CONSTRAINT risk_alerts_resolved_by_user_id_fkey FOREIGN KEY (resolved_by_user_id) REFERENCES users (id)
            ON UPDATE CASCADE ON DELETE SET NULL
    );
    CREATE INDEX risk_alerts_client_company_id_idx
        ON risk_alerts (client_company_id);
    CREATE INDEX risk_alerts_created_at_idx
        ON risk_alerts (created_at);
    CREATE INDEX risk_alerts_document_id_idx
        ON risk_alerts (document_id);
    CREATE INDEX risk_alerts_severity_idx
        ON risk_alerts (severity);
    CREATE INDEX risk_alerts_status_idx
        ON risk_alerts (status);
    CREATE INDEX risk_alerts_tenant_id_idx
        ON risk_alerts (tenant_id);
    CREATE INDEX risk_alerts_tenant_id_severity_idx
        ON risk_alerts (tenant_id, severity);
    CREATE INDEX risk_alerts_tenant_id_status_idx
        ON risk_alerts (tenant_id, status);
END $$;

DO $$ BEGIN
    IF to_regclass('integration_providers') IS NOT NULL THEN RETURN; END IF;
    CREATE TABLE integration_providers (
        id text NOT NULL,
        type varchar(50) NOT NULL,
        code varchar(100) NOT NULL,
        name varchar(255) NOT NULL,
        description text,
        is_active boolean NOT NULL DEFAULT true,
        config_schema jsonb,
        created_at timestamptz(6) NOT NULL DEFAULT now(),
        updated_at timestamptz(6) NOT NULL,
        CONSTRAINT integration_providers_pkey PRIMARY KEY (id)
    );
    CREATE UNIQUE INDEX integration_providers_code_key
        ON integration_providers (code);
    CREATE INDEX integration_providers_is_active_idx
        ON integration_providers (is_active);
    CREATE INDEX integration_providers_type_idx
        ON integration_providers (type);
END $$;

DO $$ BEGIN
    IF to_regclass('tenant_integrations') IS NOT NULL THEN RETURN; END IF;
    CREATE TABLE tenant_integrations (
        id text NOT NULL,
        tenant_id text NOT NULL,
        client_company_id text,
        provider_id text NOT NULL,
        status varchar(50) NOT NULL DEFAULT 'disconnected',
        display_name varchar(255) NOT NULL,
        config jsonb NOT NULL DEFAULT '{}',
        last_sync_at timestamptz(6),
        last_sync_status varchar(50),
        created_at timestamptz(6) NOT NULL DEFAULT now(),
        updated_at timestamptz(6) NOT NULL,
        CONSTRAINT tenant_integrations_pkey PRIMARY KEY (id),
        CONSTRAINT tenant_integrations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
            ON UPDATE CASCADE ON DELETE CASCADE,
        CONSTRAINT tenant_integrations_client_company_id_fkey FOREIGN KEY (client_company_id) REFERENCES client_companies (id)
            ON UPDATE CASCADE ON DELETE SET NULL,
        CONSTRAINT tenant_integrations_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES integration_providers (id)
            ON UPDATE CASCADE ON DELETE RESTRICT
    );
    CREATE INDEX tenant_integrations_client_company_id_idx
        ON tenant_integrations (client_company_id);
    CREATE INDEX tenant_integrations_provider_id_idx
        ON tenant_integrations (provider_id);
    CREATE INDEX tenant_integrations_tenant_id_idx
        ON tenant_integrations (tenant_id);
    CREATE INDEX tenant_integrations_tenant_id_status_idx
        ON tenant_integrations (tenant_id, status);
END $$;

DO $$ BEGIN
    IF to_regclass('integration_sync_jobs') IS NOT NULL THEN RETURN; END IF;
    CREATE TABLE integration_sync_jobs (
        id text NOT NULL,
        tenant_id text NOT NULL,
        client_company_id text,
        tenant_integration_id text NOT NULL,
        job_type varchar(50) NOT NULL,
        status varchar(50) NOT NULL DEFAULT 'pending',
        started_at timestamptz(6),
        finished_at timestamptz(6),
        error_message text,
        created_at timestamptz(6) NOT NULL DEFAULT now(),
        updated_at timestamptz(6) NOT NULL,
        CONSTRAINT integration_sync_jobs_pkey PRIMARY KEY (id),
        CONSTRAINT integration_sync_jobs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
            ON UPDATE CASCADE ON DELETE CASCADE,
        CONSTRAINT integration_sync_jobs_client_company_id_fkey FOREIGN KEY (client_company_id) REFERENCES client_companies (id)
            ON UPDATE CASCADE ON DELETE SET NULL,
        CONSTRAINT integration_sync_jobs_tenant_integration_id_fkey FOREIGN KEY (tenant_integration_id) REFERENCES tenant_integrations (id)
            ON UPDATE CASCADE ON DELETE CASCADE
    );
    CREATE INDEX integration_sync_jobs_status_idx
        ON integration_sync_jobs (status);
    CREATE INDEX integration_sync_jobs_tenant_id_idx
        ON integration_sync_jobs (tenant_id);
    CREATE INDEX integration_sync_jobs_tenant_id_status_idx
        ON integration_sync_jobs (tenant_id, status);
    CREATE INDEX integration_sync_jobs_tenant_integration_id_idx
        ON integration_sync_jobs (tenant_integration_id);
END $$;

DO $$ BEGIN
    IF to_regclass('integration_sync_logs') IS NOT NULL THEN RETURN; END IF;
    CREATE TABLE integration_sync_logs (
        id text NOT NULL,
        tenant_id text NOT NULL,
        tenant_integration_id text NOT NULL,
        level varchar(50) NOT NULL,
        message text NOT NULL,
        context jsonb DEFAULT '{}',
        created_at timestamptz(6) NOT NULL DEFAULT now(),
        CONSTRAINT integration_sync_logs_pkey PRIMARY KEY (id),
        CONSTRAINT integration_sync_logs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
            ON UPDATE CASCADE ON DELETE CASCADE,
        CONSTRAINT integration_sync_logs_tenant_integration_id_fkey FOREIGN KEY (tenant_integration_id) REFERENCES tenant_integrations (id)
            ON UPDATE CASCADE ON DELETE CASCADE
    );
    CREATE INDEX integration_sync_logs_created_at_idx
        ON integration_sync_logs (created_at);
    CREATE INDEX integration_sync_logs_level_idx
        ON integration_sync_logs (level);
    CREATE INDEX integration_sync_logs_tenant_id_idx
        ON integration_sync_logs (tenant_id);
    CREATE INDEX integration_sync_logs_tenant_id_tenant_integration_id_idx
        ON integration_sync_logs (tenant_id, tenant_integration_id);
    CREATE INDEX integration_sync_logs_tenant_integration_id_idx
        ON integration_sync_logs (tenant_integration_id);
END $$;

DO $$ BEGIN
    IF to_regclass('notifications') IS NOT NULL THEN RETURN; END IF;
    CREATE TABLE notifications (
        id text NOT NULL,
        tenant_id text NOT NULL,
        user_id text,
        type varchar(50) NOT NULL,
        title varchar(255) NOT NULL,
        message text NOT NULL,
        meta jsonb DEFAULT '{}',
        is_read boolean NOT NULL DEFAULT false,
        read_at timestamptz(6),
        created_at timestamptz(6) NOT NULL DEFAULT now(),
        updated_at timestamptz(6) NOT NULL,
        CONSTRAINT notifications_pkey PRIMARY KEY (id),
        CONSTRAINT notifications_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
            ON UPDATE CASCADE ON DELETE CASCADE,
        CONSTRAINT notifications_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)
            ON UPDATE CASCADE ON DELETE SET NULL
    );
    CREATE INDEX notifications_created_at_idx
        ON notifications (created_at);
    CREATE INDEX notifications_tenant_id_idx
        ON notifications (tenant_id);
    CREATE INDEX notifications_tenant_id_is_read_idx
        ON notifications (tenant_id, is_read);
    CREATE INDEX notifications_tenant_id_user_id_idx
        ON notifications (tenant_id, user_id);
END $$;

DO $$ BEGIN
    IF to_regclass('email_logs') IS NOT NULL THEN RETURN; END IF;
    CREATE TABLE email_logs (
        id text NOT NULL,
        tenant_id text,
        "to" varchar(255)[],
        subject varchar(500) NOT NULL,
        status varchar(50) NOT NULL DEFAULT 'sent',
        message_id varchar(255),
        error text,
        opened_at timestamptz(6),
        clicked_at timestamptz(6),
        bounced_at timestamptz(6),
        created_at timestamptz(6) NOT NULL DEFAULT now(),
        updated_at timestamptz(6) NOT NULL,
        CONSTRAINT email_logs_pkey PRIMARY KEY (id),
        CONSTRAINT email_logs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
            ON UPDATE CASCADE ON DELETE CASCADE
    );
    CREATE INDEX email_logs_created_at_idx
        ON email_logs (created_at);
    CREATE INDEX email_logs_status_idx
        ON email_logs (status);
    CREATE INDEX email_logs_tenant_id_idx
        ON email_logs (tenant_id);
END $$;

DO $$ BEGIN
    IF to_regclass('retry_queue') IS NOT NULL THEN RETURN; END IF;
    CREATE TABLE retry_queue (
        id text NOT NULL,
        tenant_id text,
        type varchar(50) NOT NULL,
        payload jsonb NOT NULL DEFAULT '{}',
        attempts integer NOT NULL DEFAULT 0,
        max_attempts integer NOT NULL DEFAULT 3,
        next_retry_at timestamptz(6) NOT NULL,
        status varchar(50) NOT NULL DEFAULT 'pending',
        error text,
        created_at timestamptz(6) NOT NULL DEFAULT now(),
        updated_at timestamptz(6) NOT NULL,
        CONSTRAINT retry_queue_pkey PRIMARY KEY (id),
        CONSTRAINT retry_queue_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
            ON UPDATE CASCADE ON DELETE CASCADE
    );
    CREATE INDEX retry_queue_next_retry_at_idx
        ON retry_queue (next_retry_at);
    CREATE INDEX retry_queue_status_idx
        ON retry_queue (status);
    CREATE INDEX retry_queue_tenant_id_idx
        ON retry_queue (tenant_id);
    CREATE INDEX retry_queue_type_idx
        ON retry_queue (type);
END $$;

DO $$ BEGIN
    IF to_regclass('tenant_usages') IS NOT NULL THEN RETURN; END IF;
    CREATE TABLE tenant_usages (
        id text NOT NULL,
        tenant_id text NOT NULL,
        metric varchar(50) NOT NULL,
        period_start timestamptz(6) NOT NULL,
        period_end timestamptz(6) NOT NULL,
        value integer NOT NULL DEFAULT 0,
        created_at timestamptz(6) NOT NULL DEFAULT now(),
        updated_at timestamptz(6) NOT NULL,
        CONSTRAINT tenant_usages_pkey PRIMARY KEY (id),
        CONSTRAINT tenant_usages_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
            ON UPDATE CASCADE ON DELETE CASCADE
    );
    CREATE UNIQUE INDEX tenant_usages_tenant_id_metric_period_start_key
        ON tenant_usages (tenant_id, metric, period_start);
    CREATE INDEX tenant_usages_period_start_period_end_idx
        ON tenant_usages (period_start, period_end);
    CREATE INDEX tenant_usages_tenant_id_idx
        ON tenant_usages (tenant_id);
    CREATE INDEX tenant_usages_tenant_id_metric_idx
        ON tenant_usages (tenant_id, metric);
END $$;

DO $$ BEGIN
    IF to_regclass('scheduled_reports') IS NOT NULL THEN RETURN; END IF;
    CREATE TABLE scheduled_reports (
        id text NOT NULL,
        tenant_id text NOT NULL,
        report_code varchar(100) NOT NULL,
        client_company_id text,
        name varchar(255) NOT NULL,
        format varchar(50) NOT NULL,
        schedule_cron varchar(100) NOT NULL,
        filters jsonb DEFAULT '{}',
        recipients jsonb DEFAULT '[]',
        is_active boolean NOT NULL DEFAULT true,
        last_run_at timestamptz(6),
        last_run_status varchar(50),
        created_at timestamptz(6) NOT NULL DEFAULT now(),
        updated_at timestamptz(6) NOT NULL,
        CONSTRAINT scheduled_reports_pkey PRIMARY KEY (id),
        CONSTRAINT scheduled_reports_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
            ON UPDATE CASCADE ON DELETE CASCADE,
        CONSTRAINT scheduled_reports_client_company_id_fkey FOREIGN KEY (client_company_id) REFERENCES client_companies (id)
            ON UPDATE CASCADE ON DELETE SET NULL
    );
    CREATE INDEX scheduled_reports_report_code_idx
        ON scheduled_reports (report_code);
    CREATE INDEX scheduled_reports_tenant_id_idx
        ON scheduled_reports (tenant_id);
    CREATE INDEX scheduled_reports_tenant_id_is_active_idx
        ON scheduled_reports (tenant_id, is_active);
END $$;

DO $$ BEGIN
    IF to_regclass('report_execution_logs') IS NOT NULL THEN RETURN; END IF;
    CREATE TABLE report_execution_logs (
        id text NOT NULL,
        tenant_id text NOT NULL,
        scheduled_report_id text,
        report_code varchar(100) NOT NULL,
        started_at timestamptz(6) NOT NULL DEFAULT now(),
        finished_at timestamptz(6),
        status varchar(50) NOT NULL,
        message text,
        created_by_user_id text,
        created_at timestamptz(6) NOT NULL DEFAULT now(),
        CONSTRAINT report_execution_logs_pkey PRIMARY KEY (id),
        CONSTRAINT report_execution_logs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
            ON UPDATE CASCADE ON DELETE CASCADE,
        CONSTRAINT report_execution_logs_scheduled_report_id_fkey FOREIGN KEY (scheduled_report_id) REFERENCES scheduled_reports (id)
            ON UPDATE CASCADE ON DELETE SET NULL,
        CONSTRAINT report_execution_logs_created_by_user_id_fkey FOREIGN KEY (created_by_user_id) REFERENCES users (id)
            ON UPDATE CASCADE ON DELETE SET NULL
    );
    CREATE INDEX report_execution_logs_scheduled_report_id_idx
        ON report_execution_logs (scheduled_report_id);
    CREATE INDEX report_execution_logs_started_at_idx
        ON report_execution_logs (started_at);
    CREATE INDEX report_execution_logs_status_idx
        ON report_execution_logs (status);
    CREATE INDEX report_execution_logs_tenant_id_idx
        ON report_execution_logs (tenant_id);
    CREATE INDEX report_execution_logs_tenant_id_report_code_idx
        ON report_execution_logs (tenant_id, report_code);
END $$;

DO $$ BEGIN
    IF to_regclass('report_definitions') IS NOT NULL THEN RETURN; END IF;
    CREATE TABLE report_definitions (
        id text NOT NULL,
        code varchar(100) NOT NULL,
        name varchar(255) NOT NULL,
        description text,
        is_active boolean NOT NULL DEFAULT true,
        created_at timestamptz(6) NOT NULL DEFAULT now(),
        updated_at timestamptz(6) NOT NULL,
        CONSTRAINT report_definitions_pkey PRIMARY KEY (id)
    );
    CREATE UNIQUE INDEX report_definitions_code_key
        ON report_definitions (code);
    CREATE INDEX report_definitions_is_active_idx
        ON report_definitions (is_active);
END $$;

-- Embeddings need the extension `vector`. The worker does not write them, so a server without the
-- extension, or a role that may not add it, does without the table.
DO $$ BEGIN
    IF to_regclass('document_embeddings') IS NOT NULL THEN RETURN; END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'vector') THEN RETURN; END IF;
    BEGIN
        CREATE EXTENSION IF NOT EXISTS vector;
    EXCEPTION WHEN insufficient_privilege THEN RETURN;
    END;
    EXECUTE 'CREATE TABLE document_embeddings (
        id text NOT NULL,
        tenant_id text NOT NULL,
        document_id text NOT NULL,
        embedding vector(1536) NOT NULL,
        model varchar(100) NOT NULL,
        created_at timestamptz(6) NOT NULL DEFAULT now(),
        CONSTRAINT document_embeddings_pkey PRIMARY KEY (id),
        CONSTRAINT document_embeddings_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
            ON UPDATE CASCADE ON DELETE CASCADE,
        CONSTRAINT document_embeddings_document_id_fkey FOREIGN KEY (document_id) REFERENCES documents (id)
            ON UPDATE CASCADE ON DELETE CASCADE
    )';
    EXECUTE 'CREATE UNIQUE INDEX document_embeddings_document_id_key
        ON document_embeddings (document_id)';
    EXECUTE 'CREATE INDEX document_embeddings_document_id_idx
        ON document_embeddings (document_id)';
    EXECUTE 'CREATE INDEX document_embeddings_tenant_id_idx
        ON document_embeddings (tenant_id)';
    EXECUTE 'CREATE INDEX document_embeddings_tenant_id_model_idx
        ON document_embeddings (tenant_id, model)';
END $$;
