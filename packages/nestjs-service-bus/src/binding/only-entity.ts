import { type Binding } from './binding.js';

/**
 * What bindings need that a key of one entity is not good for, one line each. [Service Bus] A connection string with
 * `EntityPath` comes from the access policies of a queue or a topic, and its key opens nothing else.
 */
export function onlyEntityProblems(onlyEntity: string | undefined, bindings: readonly Binding[]): string[] {
  if (onlyEntity === undefined) return [];
  const isOther = (name: string | undefined): name is string =>
    name !== undefined && name.toLowerCase() !== onlyEntity.toLowerCase();
  return bindings.flatMap(({ pattern, entity, replyTo }) => {
    const uses = [isOther(entity) && `reads ${entity}`, isOther(replyTo) && `replies to ${replyTo}`];
    return uses
      .filter((use) => use !== false)
      .map(
        (use) =>
          `binding "${pattern}" ${use}, and the key of the connection string is for ${onlyEntity} alone ` +
          '(EntityPath): take a connection string of the namespace, or sign in with a credential',
      );
  });
}
