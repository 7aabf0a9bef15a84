/** The embedded PostgreSQL's postgresql.conf: safe, small, and almost free when idle. */
import { POSTGRES_HOST } from './embedded-postgres-credentials.ts';

/** Written anew at every start, so a new release of ours changes old clusters too. */
export const POSTGRES_SETTINGS = `# Written by Hoga at every start.
# Settings of your own: ALTER SYSTEM.
listen_addresses = '${POSTGRES_HOST}'
unix_socket_directories = ''
max_connections = 32
shared_buffers = 64MB
password_encryption = 'scram-sha-256'
timezone = 'UTC'
lc_messages = 'C'
logging_collector = off
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
log_checkpoints = off
# Rows are safe once committed, but idle costs next to nothing: few processes, few wake-ups.
fsync = on
io_method = sync
wal_level = minimal
max_wal_senders = 0
max_logical_replication_workers = 0
max_parallel_workers_per_gather = 0
autovacuum_max_workers = 1
autovacuum_naptime = 2min
bgwriter_delay = 2s
wal_writer_delay = 2s
checkpoint_timeout = 15min
jit = off
`;
