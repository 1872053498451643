-- Completes the job if the lease still stands, then takes the locks of its document's keys, in the
-- ascending order of the array. A lost lease takes none. The status is compared so that no index on it
-- is used: the id finds the row.
WITH fenced AS (
    UPDATE document_processing_jobs
    SET status = 'SUCCESS', lease_owner = NULL, lease_expires_at = NULL,
        last_error_message = NULL, updated_at = now()
    WHERE id = $1 AND tenant_id = $2 AND lease_token = $3 AND document_id = $4
      AND (status = 'IN_PROGRESS') IS NOT FALSE
    RETURNING id
)
SELECT count(pg_advisory_xact_lock(key))::bigint AS count
FROM fenced, LATERAL unnest($5::bigint[]) AS key
