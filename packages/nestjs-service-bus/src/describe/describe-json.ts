import { type ApplicationDescription } from './application-description.js';

/** A description as plain data: what JSON can say of it. */
export function describeJson(description: ApplicationDescription): object {
  const { bindings, contracts, replyQueue, senders, receivers, clients, topology } = description;
  return {
    bindings: bindings.map(({ handlers, allowReplyTo, ...binding }) => ({
      ...binding,
      allowReplyTo: typeof allowReplyTo === 'function' ? 'a function' : allowReplyTo,
      handlers: handlers.map(({ name, subject, isEvent }) => ({ name, subject, isEvent })),
    })),
    contracts,
    replyQueue,
    senders,
    receivers: receivers.map(({ path, hasOwnKey }) => ({ entity: path.join('/'), hasOwnKey })),
    clients,
    entities: topology.entities.map(({ kind, path, isOurs, settings, usedBy }) => ({
      kind,
      name: path.join('/'),
      isOurs,
      settings,
      usedBy,
    })),
  };
}
