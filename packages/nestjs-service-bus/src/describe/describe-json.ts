import { type ApplicationDescription } from './describe-application.js';

/** A description as plain data: what JSON can say of it. */
export function describeJson({ bindings, senders, receivers, topology }: ApplicationDescription): object {
  return {
    bindings: bindings.map(({ handlers, ...binding }) => ({
      ...binding,
      handlers: handlers.map(({ name, subject, isEvent }) => ({ name, subject, isEvent })),
    })),
    senders,
    receivers: receivers.map((entity) => entity.join('/')),
    entities: topology.entities.map(({ kind, path, isOurs, settings, usedBy }) => ({
      kind,
      name: path.join('/'),
      isOurs,
      settings,
      usedBy,
    })),
  };
}
