import { parseArgs } from 'node:util';

import { migrationsScript } from '../schema/migrations.js';
import { tableNames } from '../schema/table-names.js';

/** What the command can do. */
export const USAGE = `Prints the migrations of outbox and inbox as one script of plain SQL.

  npx nestjs-service-bus-outbox [options] > migrations.sql

  --schema NAME    the schema of the tables (default: public)
  --prefix PREFIX  what their names begin with (default: service_bus_)
  --after VERSION  only the migrations after this one (default: 0)
  --help           this text
`;

/** The arguments are wrong: the message says which, and the program ends with 2. */
export class CommandLineError extends Error {
  override readonly name = 'CommandLineError';
}

/**
 * Returns what the command prints for its arguments.
 *
 * @throws {CommandLineError} An argument is unknown or not allowed.
 */
export function printMigrations(args: readonly string[]): string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        schema: { type: 'string' },
        prefix: { type: 'string' },
        after: { type: 'string', default: '0' },
        help: { type: 'boolean', default: false },
      },
    });
    const { schema, prefix, after, help } = values;
    if (help) return USAGE;
    if (!/^\d{1,9}$/.test(after)) throw new RangeError(`--after is ${after}, allowed is a version's number`);
    const names = tableNames({
      ...(schema === undefined ? {} : { schema }),
      ...(prefix === undefined ? {} : { prefix }),
    });
    return migrationsScript(names, Number(after));
  } catch (error) {
    throw new CommandLineError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
