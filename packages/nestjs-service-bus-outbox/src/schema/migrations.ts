import { quoteLiteral, type TableNames } from './table-names.js';

/** One step of the schema; applied once, in order, and never changed afterwards. */
export interface Migration {
  /** Its place in the order, from 1 on. */
  readonly version: number;
  /** What it is for, in some words. */
  readonly description: string;
  /** Plain SQL, to be run in this order. */
  readonly statements: readonly string[];
}

/**
 * All migrations. A version of the package works with the schema of its own and of the next version: a migration adds,
 * and what it replaces goes one version later. So migrations are applied first, and processes are exchanged one by one.
 *
 * Every statement can be run again: two processes may apply them at the same time, or one of them half.
 */
export function migrations(names: TableNames): readonly Migration[] {
  return [
    {
      version: 1,
      description: 'outbox and inbox',
      statements: [...outboxTables(names), ...inboxTable(names)],
    },
  ];
}

function outboxTables(names: TableNames): string[] {
  return [
    `CREATE TABLE IF NOT EXISTS ${names.outbox} (
  lane integer NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  destination text NOT NULL,
  ordering_key text,
  message_id text NOT NULL,
  content_type text NOT NULL,
  body bytea NOT NULL,
  properties json NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (lane, id)
) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 1)`,
    `CREATE TABLE IF NOT EXISTS ${names.lanes} (
  lane integer PRIMARY KEY,
  owner uuid,
  leased_until timestamptz NOT NULL DEFAULT '-infinity',
  not_before timestamptz NOT NULL DEFAULT '-infinity',
  failures integer NOT NULL DEFAULT 0
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500)`,
    `CREATE TABLE IF NOT EXISTS ${names.sent} (
  id bigint NOT NULL,
  destination text NOT NULL,
  ordering_key text,
  message_id text NOT NULL,
  content_type text NOT NULL,
  body bytea NOT NULL,
  properties json NOT NULL,
  created_at timestamptz NOT NULL,
  sent_at timestamptz NOT NULL DEFAULT clock_timestamp()
)`,
    `CREATE INDEX IF NOT EXISTS ${indexOf(names.sent, 'sent_at')} ON ${names.sent} USING brin (sent_at)`,
    `CREATE TABLE IF NOT EXISTS ${names.refused} (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lane integer NOT NULL,
  destination text NOT NULL,
  ordering_key text,
  message_id text NOT NULL,
  content_type text NOT NULL,
  body bytea NOT NULL,
  properties json NOT NULL,
  created_at timestamptz NOT NULL,
  refused_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  reason text NOT NULL,
  description text NOT NULL
)`,
    `CREATE SEQUENCE IF NOT EXISTS ${names.watch} MINVALUE 0 START 0`,
  ];
}

function inboxTable(names: TableNames): string[] {
  return [
    `CREATE TABLE IF NOT EXISTS ${names.inbox} (
  key uuid PRIMARY KEY,
  consumer text NOT NULL,
  message_id text NOT NULL,
  handled_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (autovacuum_vacuum_scale_factor = 0.05)`,
    `CREATE INDEX IF NOT EXISTS ${indexOf(names.inbox, 'handled_at')} ON ${names.inbox} USING brin (handled_at) WITH (autosummarize = on)`,
  ];
}

/** All migrations after a version as one script of plain SQL, for those who apply theirs with a tool of their own. */
export function migrationsScript(names: TableNames, after = 0): string {
  const wanted = migrations(names).filter(({ version }) => version > after);
  const parts = wanted.flatMap((migration) => [
    `-- ${migration.version}: ${migration.description}`,
    ...[...migration.statements, record(names, migration)].map((statement) => `${statement};`),
  ]);
  const schema = names.schema === '"public"' ? [] : [`CREATE SCHEMA IF NOT EXISTS ${names.schema};`];
  return ['BEGIN;', ...schema, `${migrationsTable(names)};`, ...parts, 'COMMIT;', ''].join('\n\n');
}

/** Where the applied migrations are written down; there before the first one. */
export function migrationsTable(names: TableNames): string {
  return `CREATE TABLE IF NOT EXISTS ${names.migrations} (
  version integer PRIMARY KEY,
  description text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
)`;
}

/** The statement that writes down that a migration was applied. */
export function record(names: TableNames, { version, description }: Migration): string {
  return `INSERT INTO ${names.migrations} (version, description) VALUES (${version}, ${quoteLiteral(description)}) ON CONFLICT DO NOTHING`;
}

function indexOf(table: string, column: string): string {
  const name = table.slice(table.lastIndexOf('."') + 2, -1);
  return `"${name}_${column}"`;
}
