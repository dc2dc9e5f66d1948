import { entityPathOf, isConnectionString } from '../sdk/index.js';
import { type Binding } from './binding.js';

/**
 * What bindings need that the key of the application's own connection is not good for, one line each. [Service Bus] A
 * connection string with `EntityPath` comes from the access policies of a queue or a topic, and its key opens nothing
 * else.
 *
 * @param onlyEntity the one that the key is for; undefined for a key of the namespace
 */
export function onlyEntityProblems(onlyEntity: string | undefined, bindings: readonly Binding[]): string[] {
  if (onlyEntity === undefined) return [];
  return bindings.flatMap(({ pattern, entity, replyTo, connectionString, replyToConnectionString }) => {
    const uses = [
      { does: 'reads', name: entity, option: 'connectionString', key: connectionString },
      { does: 'replies to', name: replyTo, option: 'replyToConnectionString', key: replyToConnectionString },
    ];
    return uses
      .filter(({ name, key }) => name !== undefined && key === undefined && !isSame(name, onlyEntity))
      .map(
        ({ does, name, option }) =>
          `binding "${pattern}" ${does} ${name}, and the key of the connection string is for ${onlyEntity} alone ` +
          `(EntityPath): take a connection string of the namespace, set ${option}, or sign in with a credential`,
      );
  });
}

/** What is wrong with an option that is to be the connection string of an entity. It tells nothing of the key. */
export function keyProblemsOf(option: string, connectionString: unknown, entity: string): string[] {
  if (!isConnectionString(connectionString)) {
    return [`${option} is none: Endpoint=sb://…;SharedAccessKeyName=…;SharedAccessKey=…`];
  }
  const only = entityPathOf(connectionString);
  // A key opens its entity's dead-letter queue as well.
  if (only === undefined || isSame(entity.replace(/\/\$.*$/, ''), only)) return [];
  return [`${option} is for ${only} alone (EntityPath): take one of ${entity}, or of the namespace`];
}

function isSame(name: string, only: string): boolean {
  return name.toLowerCase() === only.toLowerCase();
}
