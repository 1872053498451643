SELECT lease_owner AS owner, count(*) AS jobs,
    extract(epoch FROM min(lease_expires_at) - now())::bigint AS lease_seconds
FROM (
    SELECT lease_owner, lease_expires_at FROM document_processing_jobs WHERE status = 'IN_PROGRESS'
    UNION ALL
    SELECT lease_owner, lease_expires_at FROM worker.risk_jobs WHERE status = 'in_progress'
    UNION ALL
    SELECT lease_owner, lease_expires_at FROM integration_sync_jobs WHERE status = 'in_progress'
) held
WHERE lease_owner IS NOT NULL AND lease_expires_at IS NOT NULL
GROUP BY lease_owner
ORDER BY lease_owner
