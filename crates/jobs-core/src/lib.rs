//! Job states, retry policy, leases, schedules and the runner; knows nothing of accounting or SQL.
