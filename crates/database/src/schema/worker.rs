//! The worker's own tables.

diesel::table! {
    worker.periodic_schedules (name) {
        name -> Text,
        every_ms -> BigInt,
        next_due_at -> Timestamptz,
        lease_owner -> Nullable<Text>,
        lease_token -> BigInt,
        lease_expires_at -> Nullable<Timestamptz>,
        last_started_at -> Nullable<Timestamptz>,
        last_finished_at -> Nullable<Timestamptz>,
        last_error -> Nullable<Text>,
    }
}

diesel::table! {
    worker.document_fingerprints (document_id) {
        document_id -> Text,
        tenant_id -> Text,
        content_sha256 -> Binary,
        ettn -> Nullable<Text>,
        issuer_tax_number -> Nullable<Text>,
        invoice_number -> Nullable<Text>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    worker.usage_events (id) {
        id -> BigInt,
        tenant_id -> Text,
        metric -> Varchar,
        period_start -> Timestamptz,
        period_end -> Timestamptz,
        amount -> Integer,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    worker.sync_cursors (integration_id, stream, account) {
        integration_id -> Text,
        stream -> Varchar,
        account -> Varchar,
        tenant_id -> Text,
        position -> Nullable<Jsonb>,
        pass_started_at -> Nullable<Timestamptz>,
        covered_until -> Nullable<Timestamptz>,
        come_back_at -> Nullable<Timestamptz>,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    worker.sync_records (integration_id, stream, external_id) {
        integration_id -> Text,
        stream -> Varchar,
        external_id -> Varchar,
        tenant_id -> Text,
        row_id -> Text,
        client_company_id -> Text,
        owns_row -> Bool,
        content_hash -> Binary,
        written_hash -> Binary,
        ettn -> Nullable<Text>,
        document_key -> Nullable<Text>,
    }
}

diesel::table! {
    worker.sync_set_aside (integration_id, stream, external_id) {
        integration_id -> Text,
        stream -> Varchar,
        external_id -> Varchar,
        tenant_id -> Text,
        reason -> Varchar,
        message -> Text,
        record -> Jsonb,
        content_hash -> Binary,
        set_aside_at -> Timestamptz,
    }
}

diesel::table! {
    worker.sync_progress (job_id) {
        job_id -> Text,
        tenant_id -> Text,
        started_at -> Timestamptz,
        pages -> BigInt,
        created -> BigInt,
        updated -> BigInt,
        unchanged -> BigInt,
        skipped -> BigInt,
        kept -> BigInt,
        failed -> BigInt,
    }
}

diesel::table! {
    worker.bank_ledger_accounts (tenant_id, iban) {
        tenant_id -> Text,
        iban -> Varchar,
        ledger_account_id -> Text,
        integration_id -> Nullable<Text>,
    }
}

diesel::table! {
    worker.sync_objects (integration_id, stream, object_key) {
        integration_id -> Text,
        stream -> Varchar,
        object_key -> Text,
        tenant_id -> Text,
        version -> Jsonb,
        sha256 -> Nullable<Text>,
        result -> Jsonb,
        settled_at -> Timestamptz,
    }
}

diesel::table! {
    worker.integration_tokens (integration_id) {
        integration_id -> Text,
        tenant_id -> Text,
        sealed -> Nullable<Text>,
        generation -> BigInt,
        refresh_claimed_until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    worker.sync_pushes (integration_id, stream, row_id) {
        integration_id -> Text,
        stream -> Varchar,
        row_id -> Text,
        tenant_id -> Text,
        job_id -> Text,
        state -> Varchar,
        external_id -> Nullable<Text>,
        message -> Nullable<Text>,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    worker.risk_jobs (id) {
        id -> Text,
        tenant_id -> Text,
        client_company_id -> Nullable<Text>,
        day -> Date,
        status -> Varchar,
        priority -> SmallInt,
        run_at -> Timestamptz,
        attempts -> Integer,
        max_attempts -> SmallInt,
        started_at -> Nullable<Timestamptz>,
        finished_at -> Nullable<Timestamptz>,
        last_error -> Nullable<Text>,
        user_message -> Nullable<Text>,
        lease_token -> BigInt,
        lease_owner -> Nullable<Text>,
        lease_expires_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    worker.rule_sets (tenant_id, version) {
        tenant_id -> Text,
        version -> Integer,
        digest -> Binary,
        content -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    worker.risk_evaluations (tenant_id, entity_type, entity_id, day) {
        tenant_id -> Text,
        entity_type -> Varchar,
        entity_id -> Text,
        day -> Date,
        rule_set_version -> Integer,
        input_digest -> Binary,
        facts -> Text,
        result -> Text,
        level -> Varchar,
        level_since -> Date,
        calm_days -> Integer,
        evaluated_at -> Timestamptz,
        unusual_entries -> Nullable<Text>,
    }
}

diesel::table! {
    worker.risk_findings (tenant_id, client_company_id, kind, fingerprint) {
        tenant_id -> Text,
        client_company_id -> Text,
        kind -> Varchar,
        fingerprint -> Text,
        evidence -> Text,
        family -> Text,
        severity -> Varchar,
        narrow -> Bool,
        state -> Varchar,
        alert_id -> Nullable<Text>,
        detail -> Text,
        message -> Text,
        first_day -> Date,
        last_day -> Date,
        first_seen_at -> Timestamptz,
        last_seen_at -> Timestamptz,
        occurrences -> Integer,
        closed_reason -> Nullable<Varchar>,
    }
}

diesel::table! {
    worker.risk_mutings (id) {
        id -> BigInt,
        tenant_id -> Text,
        client_company_id -> Text,
        kind -> Varchar,
        family -> Text,
        until -> Date,
        reason -> Text,
        created_at -> Timestamptz,
    }
}
