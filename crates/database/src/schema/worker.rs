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
