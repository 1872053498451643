SELECT lease_owner AS owner, count(*) AS jobs,
    extract(epoch FROM min(lease_expires_at) - now())::bigint AS lease_seconds
FROM document_processing_jobs
WHERE status = 'IN_PROGRESS' AND lease_owner IS NOT NULL AND lease_expires_at IS NOT NULL
GROUP BY lease_owner
ORDER BY lease_owner
