import { type Session } from 'rhea';

import { type AttachFrame, type PrivateLink, privateSession } from '../rhea-private.js';

/** [AMQP 2.7.3] The places of source and target among the fields of an attach. */
const TERMINI = [5, 6];

/**
 * Keeps a session's links by name and direction. [AMQP 2.6.1: two links may have one name if their directions differ;
 * qpid-proton names sender and receiver of one entity alike] rhea has one map by name.
 */
export function nameLinksByDirection(session: Session): void {
  const target = privateSession(session);
  // Names are the client's choice: none of them may mean anything to the object.
  const links = (target.links = Object.create(null) as Record<string, PrivateLink>);

  target.on_attach = (frame: AttachFrame): void => {
    const { performative } = frame;
    const { name, role, handle } = performative;
    ownEmptyLists(performative.value);
    const key = keyOf(name, role);
    const present = links[key];
    const link = present ?? (role ? target.create_sender(name) : target.create_receiver(name));
    if (!present) {
      Reflect.deleteProperty(links, name);
      links[key] = link;
    }
    target.remote.handles[handle] = link;
    link.on_attach(frame);
    link.remote.attach = performative;
  };

  target.remove_link = (link: PrivateLink): void => {
    Reflect.deleteProperty(target.remote.handles, String(link.remote.handle));
    Reflect.deleteProperty(target.local.handles, String(link.local.handle));
    const key = keyOf(link.name, !link.is_receiver());
    // Another link may have the name by now.
    if (links[key] === link) Reflect.deleteProperty(links, key);
  };
}

/** The direction is the client's: true for a link on which it receives. */
function keyOf(name: string, isReceiving: boolean): string {
  return `${isReceiving ? 'to' : 'from'} the client: ${name}`;
}

/** Gives empty lists an array of their own: rhea decodes all of them to the same one. */
function ownEmptyLists(fields: readonly unknown[]): void {
  for (const index of TERMINI) {
    const terminus = fields[index] as { value?: unknown } | null | undefined;
    if (terminus && Array.isArray(terminus.value) && terminus.value.length === 0) terminus.value = [];
  }
}
