/** Where the tables are, and what they are called. */
export interface TableOptions {
  /** The schema of the tables; it may exist or not. Default: `public`. */
  readonly schema?: string;
  /** What the tables' names begin with: lower-case letters, digits and underscores. Default: `service_bus_`. */
  readonly prefix?: string;
}

/** Quoted names, ready to be put into a statement. */
export interface TableNames {
  /** The schema of all of them. */
  readonly schema: string;
  /** Waiting messages. */
  readonly outbox: string;
  /** Who delivers what, by lane. */
  readonly lanes: string;
  /** Delivered messages, where they are kept. */
  readonly sent: string;
  /** Messages that the broker has refused for good. */
  readonly refused: string;
  /** Until when a deliverer looks without being notified: a sequence, because all transactions see its last value. */
  readonly watch: string;
  /** Handled messages. */
  readonly inbox: string;
  /** Which migrations were applied. */
  readonly migrations: string;
  /** The channel for NOTIFY, quoted as an identifier and as a text. */
  readonly channel: {
    /** Unquoted. */
    readonly name: string;
    /** For `LISTEN`. */
    readonly identifier: string;
    /** For `pg_notify`. */
    readonly literal: string;
  };
  /** What the plain text of schema and prefix is, for hashes and messages. */
  readonly plain: string;
}

const PREFIX = /^[a-z_][a-z0-9_]{0,40}$/;
// [PostgreSQL] Longer names are cut, and two of them may then be the same.
const MAX_NAME_BYTES = 63;

/** Throws a RangeError for names that PostgreSQL does not take. */
export function tableNames({ schema = 'public', prefix = 'service_bus_' }: TableOptions = {}): TableNames {
  if (!PREFIX.test(prefix)) {
    throw new RangeError(
      `prefix is ${JSON.stringify(prefix)}, allowed are up to 41 lower-case letters, digits and underscores`,
    );
  }
  if (schema === '' || schema.includes('\0') || Buffer.byteLength(schema) > MAX_NAME_BYTES) {
    throw new RangeError(
      `schema is ${JSON.stringify(schema)}, allowed are names of 1 to ${MAX_NAME_BYTES} bytes`,
    );
  }
  const table = (name: string): string => `${quoteIdentifier(schema)}.${quoteIdentifier(prefix + name)}`;
  const channel = channelName(schema, prefix);
  return {
    schema: quoteIdentifier(schema),
    outbox: table('outbox'),
    lanes: table('outbox_lanes'),
    sent: table('outbox_sent'),
    refused: table('outbox_refused'),
    watch: table('outbox_watch'),
    inbox: table('inbox'),
    migrations: table('outbox_migrations'),
    channel: { name: channel, identifier: quoteIdentifier(channel), literal: quoteLiteral(channel) },
    plain: `${schema}.${prefix}`,
  };
}

/** Quotes a name, whatever is in it. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes a text, whatever is in it and whatever `standard_conforming_strings` says. */
export function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes('\\') ? ` E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}

/** Channels are the database's, not the schema's. */
function channelName(schema: string, prefix: string): string {
  const name = `${schema}.${prefix}outbox`;
  return Buffer.byteLength(name) <= MAX_NAME_BYTES ? name : `outbox_${fnv(name).toString(16)}`;
}

function fnv(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
