import { type link as Link } from 'rhea';

import { privateLink, types } from '../rhea-private.js';

const DESCRIPTORS = { source: 0x28, target: 0x29 } as const;
/** [AMQP 3.5.3] The index of the filter among the fields of a source. */
const FILTER = 7;

/** Source and target as rhea has read them: fields that are still encoded, in order. */
interface Terminus {
  readonly value: readonly unknown[];
}

/**
 * Answers an attach with the source and target that the client has sent, field by field: clients compare the address,
 * whether it is a name or a whole URL, before they look at the rest. rhea's own setters write into the client's fields.
 */
export function echoTermini(link: Link): void {
  setTerminus(link, 'source', [...fieldsOf(link.source)]);
  setTerminus(link, 'target', [...fieldsOf(link.target)]);
}

/** Answers with the client's source, but with this filter. */
export function echoSourceWithFilter(link: Link, filter: Record<string, unknown>): void {
  const fields = [...fieldsOf(link.source)];
  while (fields.length <= FILTER) fields.push(null);
  fields[FILTER] = types.wrap_symbolic_map(filter);
  setTerminus(link, 'source', fields);
}

/** [AMQP 2.6.3] Answers with neither source nor target: the link is refused. */
export function refuseTermini(link: Link): void {
  const { attach } = privateLink(link).local;
  attach['source'] = null;
  attach['target'] = null;
}

function fieldsOf(terminus: unknown): readonly unknown[] {
  return (terminus as Terminus | null | undefined)?.value ?? [];
}

function setTerminus(link: Link, name: 'source' | 'target', fields: unknown[]): void {
  privateLink(link).local.attach[name] = types.described(
    types.wrap_ulong(DESCRIPTORS[name]),
    types.wrap_list(fields),
  );
}
