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
        id -> Text,
        tenant_id -> Text,
        name -> Varchar,
        tax_number -> Varchar,
        is_active -> Bool,
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
    ledger_accounts (id) {
        id -> Text,
        tenant_id -> Text,
        code -> Varchar,
        name -> Varchar,
        is_active -> Bool,
    }
}

diesel::table! {
    transactions (id) {
        id -> Text,
        tenant_id -> Text,
        client_company_id -> Nullable<Text>,
        date -> Timestamptz,
        reference_no -> Nullable<Varchar>,
        source -> Varchar,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    transaction_lines (id) {
        id -> Text,
        tenant_id -> Text,
        transaction_id -> Text,
        ledger_account_id -> Text,
        debit_amount -> Numeric,
        credit_amount -> Numeric,
    }
}

diesel::table! {
    invoices (id) {
        id -> Text,
        tenant_id -> Text,
        client_company_id -> Text,
        external_id -> Nullable<Varchar>,
        #[sql_name = "type"]
        kind -> Varchar,
        issue_date -> Timestamptz,
        due_date -> Nullable<Timestamptz>,
        total_amount -> Numeric,
        currency -> Varchar,
        tax_amount -> Numeric,
        counterparty_name -> Nullable<Varchar>,
        counterparty_tax_number -> Nullable<Varchar>,
        status -> Varchar,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    invoice_lines (id) {
        id -> Text,
        tenant_id -> Text,
        invoice_id -> Text,
        line_total -> Numeric,
        vat_rate -> Numeric,
        vat_amount -> Numeric,
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
