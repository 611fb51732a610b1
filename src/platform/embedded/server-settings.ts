/**
 * How the embedded server is set: for one machine that also runs the program, small in memory, and safe.
 *
 * Given as arguments at every start, so that there is one place to read and nothing in the database folder to keep in step.
 */
import { createHash } from "node:crypto";

const SETTINGS = {
  // Reached over loopback TCP only: a socket path may not exceed 107 bytes, and a checkout's path can.
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  password_encryption: "scram-sha-256",
  // Several processes share the server; each takes about two dozen at most, and people's own tools come beside them.
  max_connections: "300",

  // What is acknowledged is on disk.
  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  // After a crash the supervisor starts it again, not the server itself: it knows when there is no room to start on.
  restart_after_crash: "off",
  // There are no replicas: backup goes over SQL, so the log carries what crash recovery needs and no more.
  wal_level: "minimal",
  max_wal_senders: "0",
  wal_buffers: "8MB",
  max_wal_size: "1GB",
  min_wal_size: "64MB",

  // Memory: about 80 MB at rest; the buffers fill with the work, and a cache that holds what cases are under way is worth a sixth
  // of their rate. The I/O workers of version 18 and parallel query would cost processes without a gain here.
  shared_buffers: "160MB",
  effective_cache_size: "512MB",
  work_mem: "8MB",
  maintenance_work_mem: "64MB",
  huge_pages: "off",
  io_method: "sync",
  max_worker_processes: "4",
  max_logical_replication_workers: "0",
  max_parallel_workers_per_gather: "0",
  autovacuum_max_workers: "2",
  autovacuum_worker_slots: "4",

  // Short statements: compiling them costs more than it saves. Disks are solid-state.
  jit: "off",
  random_page_cost: "1.1",

  timezone: "UTC",
  log_timezone: "UTC",
  lc_messages: "C",
  // Standard error goes to database.log, which the supervisor keeps small (log-file.ts).
  logging_collector: "off",
  log_destination: "stderr",
  log_line_prefix: "%m [%p] ",
  log_checkpoints: "off",
  // A failing statement may carry content of a case; the program reports its errors itself, without it.
  log_min_error_statement: "panic",
  log_parameter_max_length_on_error: "0",
  log_error_verbosity: "terse",
} as const satisfies Record<string, string>;

/** The arguments of `postgres` for a database folder (an absolute path without links) and port. */
export function serverArguments(database: string, port: number): string[] {
  const settings = { ...SETTINGS, cluster_name: clusterName(database) };
  return [
    "-D",
    database,
    "-p",
    String(port),
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
}

/** Stands in the process title of every child of the server, so that those of two installations can be told apart. */
export function clusterName(database: string): string {
  return `pilotage-${createHash("sha256").update(database).digest("hex").slice(0, 12)}`;
}

/** The arguments of `initdb`: UTF-8 everywhere, byte order for sorting, Unicode rules for upper and lower case. */
export function initdbArguments(database: string, role: string, passwordFile: string): string[] {
  return [
    `--pgdata=${database}`,
    `--username=${role}`,
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
  ];
}
