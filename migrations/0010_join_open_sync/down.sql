DROP TRIGGER IF EXISTS worker_sync_jobs_joined ON integration_sync_jobs;
DROP FUNCTION IF EXISTS worker.join_open_sync();
