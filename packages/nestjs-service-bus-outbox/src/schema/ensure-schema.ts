import { type Database } from '../database/database.js';
import { stableHash } from '../message/stable-hash.js';
import { type Migration, migrations, migrationsTable, record } from './migrations.js';
import { quoteLiteral, type TableNames } from './table-names.js';

/** The schema in the database is not the one that this version works with. */
export class OutboxSchemaError extends Error {
  override readonly name = 'OutboxSchemaError';
}

const MAX_TRIES = 5;
/** [PostgreSQL error codes] A duplicate key, of the catalog for instance; a schema, a table, another object that is there. */
const ALREADY_THERE = new Set<unknown>(['23505', '42P06', '42P07', '42710']);

/**
 * Creates the tables, or brings them up to date; does nothing where they are. Several processes may do so at once. For
 * development and small systems: it needs the right to create tables.
 */
export async function ensureSchema(database: Database, names: TableNames): Promise<void> {
  for (let tries = 1; ; tries++) {
    const missing = await missingMigrations(database, names);
    if (missing.length === 0) return;
    try {
      return await apply(database, names, missing);
    } catch (error) {
      // [PostgreSQL] A connection may believe for a moment that what another one has just made is not there.
      if (tries >= MAX_TRIES || !isAlreadyThere(error)) throw error;
    }
  }
}

async function apply(database: Database, names: TableNames, missing: readonly Migration[]): Promise<void> {
  // One block is one transaction also on a pool, where each query may take another connection; the lock ends with it.
  const lock = stableHash(`migrations ${names.plain}`);
  const statements = [
    createSchema(names),
    migrationsTable(names),
    ...missing.flatMap((migration) => [...migration.statements, record(names, migration)]),
  ];
  const body = [`PERFORM pg_advisory_xact_lock(${lock})`, ...statements].map((statement) => `${statement};`);
  await database.query(`DO ${dollarQuote(`BEGIN\n${body.join('\n')}\nEND`)}`, []);
}

/** [PostgreSQL] IF NOT EXISTS asks for the right to create schemas also where this one is there. */
function createSchema({ schema }: TableNames): string {
  return `IF to_regnamespace(${quoteLiteral(schema)}) IS NULL THEN CREATE SCHEMA ${schema}; END IF`;
}

function isAlreadyThere(error: unknown): boolean {
  return ALREADY_THERE.has((error as { code?: unknown } | undefined)?.code);
}

/** The migrations that this version needs and the database lacks. */
export async function missingMigrations(database: Database, names: TableNames): Promise<Migration[]> {
  const applied = await appliedVersion(database, names);
  return migrations(names).filter(({ version }) => version > applied);
}

/**
 * Throws an OutboxSchemaError where the tables are missing or older than this version needs; newer ones are fine, for an
 * upgrade applies its migrations before its processes.
 */
export async function checkSchema(database: Database, names: TableNames): Promise<void> {
  const missing = await missingMigrations(database, names);
  if (missing.length === 0) return;
  const versions = missing.map(({ version, description }) => `${version} (${description})`).join(', ');
  throw new OutboxSchemaError(
    `the tables ${names.plain}* lack the migrations ${versions}: apply what "npx nestjs-service-bus-outbox" prints, or ` +
      'let the module do so with ensureSchema: true',
  );
}

async function appliedVersion(database: Database, names: TableNames): Promise<number> {
  const { rows } = await database.query('SELECT to_regclass($1::text) IS NOT NULL AS "exists"', [
    names.migrations,
  ]);
  if (rows[0]?.['exists'] !== true) return 0;
  const applied = await database.query(
    `SELECT coalesce(max(version), 0)::int AS version FROM ${names.migrations}`,
    [],
  );
  return Number(applied.rows[0]?.['version'] ?? 0);
}

function dollarQuote(text: string): string {
  let tag = '$outbox$';
  for (let index = 0; text.includes(tag); index++) tag = `$outbox${index}$`;
  return `${tag}\n${text}\n${tag}`;
}
