//! The platform's tables: the columns that are used.

diesel::table! {
    tenants (id) {
        id -> Text,
        name -> Varchar,
        status -> Varchar,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    client_companies (id) {
        address -> Nullable<Text>,
        contact_email -> Nullable<Varchar>,
        contact_person_name -> Nullable<Varchar>,
        contact_phone -> Nullable<Varchar>,
        created_at -> Timestamptz,
        id -> Text,
        is_active -> Bool,
        legal_type -> Varchar,
        metadata -> Nullable<Jsonb>,
        name -> Varchar,
        sector -> Nullable<Varchar>,
        start_date -> Nullable<Timestamptz>,
        tax_number -> Varchar,
        tenant_id -> Text,
        trade_registry_number -> Nullable<Varchar>,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    documents (id) {
        id -> Text,
        tenant_id -> Text,
        client_company_id -> Text,
        related_invoice_id -> Nullable<Text>,
        related_transaction_id -> Nullable<Text>,
        #[sql_name = "type"]
        kind -> Varchar,
        original_file_name -> Varchar,
        storage_path -> Varchar,
        mime_type -> Varchar,
        file_size_bytes -> BigInt,
        upload_user_id -> Text,
        upload_source -> Varchar,
        status -> Varchar,
        processing_error_message -> Nullable<Text>,
        processed_at -> Nullable<Timestamptz>,
        is_deleted -> Bool,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    document_processing_jobs (id) {
        id -> Text,
        tenant_id -> Text,
        document_id -> Text,
        status -> Varchar,
        attempts_count -> Integer,
        last_error_message -> Nullable<Text>,
        last_attempt_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        priority -> SmallInt,
        run_at -> Timestamptz,
        max_attempts -> SmallInt,
        lease_token -> BigInt,
        lease_owner -> Nullable<Text>,
        lease_expires_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    document_ocr_results (id) {
        id -> Text,
        tenant_id -> Text,
        document_id -> Text,
        raw_text -> Text,
        ocr_engine -> Varchar,
        confidence -> Nullable<Numeric>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    document_parsed_data (id) {
        id -> Text,
        tenant_id -> Text,
        document_id -> Text,
        document_type -> Varchar,
        fields -> Jsonb,
        parser_version -> Varchar,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    document_risk_features (id) {
        id -> Text,
        tenant_id -> Text,
        document_id -> Text,
        features -> Jsonb,
        #[sql_name = "riskFlags"]
        risk_flags -> Jsonb,
        risk_score -> Nullable<Numeric>,
        generated_at -> Timestamptz,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    document_risk_scores (id) {
        id -> Text,
        tenant_id -> Text,
        document_id -> Text,
        score -> Numeric,
        severity -> Varchar,
        #[sql_name = "triggeredRuleCodes"]
        triggered_rule_codes -> Jsonb,
        generated_at -> Timestamptz,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    risk_rules (id) {
        id -> Text,
        tenant_id -> Nullable<Text>,
        scope -> Varchar,
        code -> Varchar,
        description -> Varchar,
        weight -> Numeric,
        is_active -> Bool,
        default_severity -> Varchar,
        config -> Nullable<Jsonb>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    risk_score_history (id) {
        id -> Text,
        tenant_id -> Text,
        entity_type -> Varchar,
        entity_id -> Text,
        score -> Numeric,
        severity -> Varchar,
        recorded_at -> Timestamptz,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    risk_alerts (id) {
        id -> Text,
        tenant_id -> Text,
        client_company_id -> Nullable<Text>,
        document_id -> Nullable<Text>,
        #[sql_name = "type"]
        kind -> Varchar,
        title -> Varchar,
        message -> Text,
        severity -> Varchar,
        status -> Varchar,
        resolved_at -> Nullable<Timestamptz>,
        resolved_by_user_id -> Nullable<Text>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    notifications (id) {
        id -> Text,
        tenant_id -> Text,
        user_id -> Nullable<Text>,
        #[sql_name = "type"]
        kind -> Varchar,
        title -> Varchar,
        message -> Text,
        meta -> Nullable<Jsonb>,
        is_read -> Bool,
        read_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    tenant_usages (id) {
        id -> Text,
        tenant_id -> Text,
        metric -> Varchar,
        period_start -> Timestamptz,
        period_end -> Timestamptz,
        value -> Integer,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    client_company_bank_accounts (id) {
        account_number -> Nullable<Varchar>,
        bank_name -> Varchar,
        client_company_id -> Text,
        created_at -> Timestamptz,
        currency -> Varchar,
        iban -> Varchar,
        id -> Text,
        is_primary -> Bool,
        tenant_id -> Text,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    integration_providers (id) {
        code -> Varchar,
        config_schema -> Nullable<Jsonb>,
        created_at -> Timestamptz,
        description -> Nullable<Text>,
        id -> Text,
        is_active -> Bool,
        name -> Varchar,
        #[sql_name = "type"]
        kind -> Varchar,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    integration_sync_jobs (id) {
        client_company_id -> Nullable<Text>,
        created_at -> Timestamptz,
        error_message -> Nullable<Text>,
        finished_at -> Nullable<Timestamptz>,
        id -> Text,
        job_type -> Varchar,
        started_at -> Nullable<Timestamptz>,
        status -> Varchar,
        tenant_id -> Text,
        tenant_integration_id -> Text,
        updated_at -> Timestamptz,
        attempts -> Integer,
        max_attempts -> SmallInt,
        priority -> SmallInt,
        run_at -> Timestamptz,
        lease_token -> BigInt,
        lease_owner -> Nullable<Text>,
        lease_expires_at -> Nullable<Timestamptz>,
        technical_error -> Nullable<Text>,
        is_surplus -> Bool,
    }
}

diesel::table! {
    integration_sync_logs (id) {
        context -> Nullable<Jsonb>,
        created_at -> Timestamptz,
        id -> Text,
        level -> Varchar,
        message -> Text,
        tenant_id -> Text,
        tenant_integration_id -> Text,
    }
}

diesel::table! {
    invoice_lines (id) {
        created_at -> Timestamptz,
        description -> Varchar,
        id -> Text,
        invoice_id -> Text,
        line_number -> Integer,
        line_total -> Numeric,
        quantity -> Numeric,
        tenant_id -> Text,
        unit_price -> Numeric,
        updated_at -> Timestamptz,
        vat_amount -> Numeric,
        vat_rate -> Numeric,
    }
}

diesel::table! {
    invoices (id) {
        client_company_id -> Text,
        counterparty_name -> Nullable<Varchar>,
        counterparty_tax_number -> Nullable<Varchar>,
        created_at -> Timestamptz,
        currency -> Varchar,
        due_date -> Nullable<Timestamptz>,
        external_id -> Nullable<Varchar>,
        id -> Text,
        issue_date -> Timestamptz,
        metadata -> Nullable<Jsonb>,
        net_amount -> Nullable<Numeric>,
        pushed_at -> Nullable<Timestamptz>,
        source -> Varchar,
        status -> Varchar,
        tax_amount -> Numeric,
        tenant_id -> Text,
        total_amount -> Numeric,
        #[sql_name = "type"]
        kind -> Varchar,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    ledger_accounts (id) {
        code -> Varchar,
        created_at -> Timestamptz,
        id -> Text,
        is_active -> Bool,
        name -> Varchar,
        tenant_id -> Text,
        #[sql_name = "type"]
        kind -> Varchar,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    tenant_integrations (id) {
        client_company_id -> Nullable<Text>,
        config -> Jsonb,
        created_at -> Timestamptz,
        display_name -> Varchar,
        id -> Text,
        last_sync_at -> Nullable<Timestamptz>,
        last_sync_status -> Nullable<Varchar>,
        provider_id -> Text,
        status -> Varchar,
        tenant_id -> Text,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    transaction_lines (id) {
        created_at -> Timestamptz,
        credit_amount -> Numeric,
        debit_amount -> Numeric,
        description -> Nullable<Text>,
        id -> Text,
        ledger_account_id -> Text,
        tenant_id -> Text,
        transaction_id -> Text,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    transactions (id) {
        client_company_id -> Nullable<Text>,
        created_at -> Timestamptz,
        date -> Timestamptz,
        description -> Nullable<Text>,
        external_id -> Nullable<Varchar>,
        id -> Text,
        pushed_at -> Nullable<Timestamptz>,
        reference_no -> Nullable<Varchar>,
        source -> Varchar,
        tenant_id -> Text,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    client_company_risk_scores (id) {
        id -> Text,
        tenant_id -> Text,
        client_company_id -> Text,
        score -> Numeric,
        severity -> Varchar,
        #[sql_name = "triggeredRuleCodes"]
        triggered_rule_codes -> Jsonb,
        generated_at -> Timestamptz,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    user_tenant_memberships (id) {
        id -> Text,
        user_id -> Text,
        tenant_id -> Text,
        role -> Varchar,
        status -> Varchar,
    }
}
