SELECT name, every_ms, next_due_at, extract(epoch FROM next_due_at - now())::bigint AS due_in_seconds,
    lease_owner, last_finished_at, last_error
FROM worker.periodic_schedules
ORDER BY name
