import {
  type AsyncApiDocument,
  type AsyncApiMessage,
  type AsyncApiOperation,
} from '../schema/async-api-document.js';
import { type JsonSchema } from '../schema/json-schema.js';
import { compareSchemas, type Resolve } from './compare-schemas.js';
import { type SchemaChange } from './schema-change.js';

/** What has changed in the messages of an application, seen by those that it talks to. */
export interface ContractChange {
  /** The kind of message. */
  readonly message: string;
  /** In one line: where, and what. */
  readonly change: string;
  /** Whether somebody who has not changed with it fails. */
  readonly isBreaking: boolean;
  /** Why, for one that breaks: who fails with what. */
  readonly reason: string | undefined;
}

type Direction = AsyncApiOperation['action'];

/** A kind of message as one document has it. */
interface Side {
  readonly message: AsyncApiMessage;
  readonly directions: ReadonlySet<Direction>;
  /** Addresses by direction. */
  readonly addresses: Readonly<Record<Direction, readonly string[]>>;
  readonly requiresSession: boolean;
  readonly isAnswered: boolean;
  /** It answers another kind of message. */
  readonly isAnswer: boolean;
}

const REASONS: Readonly<Record<Direction, string>> = {
  receive: 'publishers that have not changed send what is no longer taken',
  send: 'handlers that have not changed get what they do not take',
};

/**
 * Compares two documents of one application. What it receives may not get stricter, for publishers go on sending as
 * before; what it sends may not get looser, for handlers go on expecting it as before; what it both sends and receives
 * may do neither, since messages wait in the queue, and instances of both versions run side by side.
 */
export function compareDocuments(old: AsyncApiDocument, now: AsyncApiDocument): ContractChange[] {
  const before = sidesOf(old);
  const after = sidesOf(now);
  const resolvers = { old: resolverOf(old), now: resolverOf(now) };
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((name): ContractChange[] => {
    const was = before.get(name);
    const is = after.get(name);
    if (!was) return is?.isAnswer ? [] : [compatible(name, 'is new')];
    // An answer that is gone is told of at its request.
    if (!is) return was.isAnswer ? [] : [...was.directions].map((direction) => gone(name, direction));
    return [
      ...compareDirections(name, was, is),
      ...compareWays(name, was, is),
      ...[...is.directions]
        .filter((direction) => was.directions.has(direction))
        .flatMap((direction) => compareMessages(name, direction, was.message, is.message, resolvers)),
    ];
  });
}

function compareDirections(name: string, was: Side, is: Side): ContractChange[] {
  return [
    ...[...was.directions].filter((one) => !is.directions.has(one)).map((direction) => gone(name, direction)),
    ...[...is.directions]
      .filter((one) => !was.directions.has(one))
      .map((direction) => compatible(name, direction === 'send' ? 'is sent now' : 'is received now')),
  ];
}

function gone(name: string, direction: Direction): ContractChange {
  return direction === 'send'
    ? breaking(name, 'is no longer sent', 'handlers wait for it in vain')
    : breaking(name, 'is no longer received', 'what publishers send finds no handler');
}

/** Where it goes, and what it needs on its way. */
function compareWays(name: string, was: Side, is: Side): ContractChange[] {
  const changes: ContractChange[] = [];
  for (const direction of ['send', 'receive'] as const) {
    const lost = was.addresses[direction].filter((address) => !is.addresses[direction].includes(address));
    if (lost.length === 0 || !is.directions.has(direction)) continue;
    const verb = direction === 'send' ? 'sent to' : 'received from';
    const to = is.addresses[direction].join(' and ') || 'where each call says';
    const reason = direction === 'send' ? 'handlers still read there' : 'publishers still send there';
    changes.push(breaking(name, `is no longer ${verb} ${lost.join(' and ')}, but ${to}`, reason));
  }
  if (was.requiresSession !== is.requiresSession) {
    const change = is.requiresSession ? 'needs a session now' : 'needs no session any more';
    const reason = 'messages without a session are refused';
    changes.push(is.requiresSession ? breaking(name, change, reason) : compatible(name, change));
  }
  if (was.isAnswered !== is.isAnswered) changes.push(answerChange(name, is));
  return changes;
}

function answerChange(name: string, { isAnswered, directions }: Side): ContractChange {
  if (isAnswered) {
    const change = 'is answered now';
    // Whoever sends it waits from now on, whoever receives it answers nobody who does not ask.
    return directions.has('send')
      ? breaking(name, change, 'handlers that have not changed do not answer')
      : compatible(name, change);
  }
  const change = 'is no longer answered';
  return directions.has('receive')
    ? breaking(name, change, 'those who ask wait in vain')
    : compatible(name, change);
}

function compareMessages(
  name: string,
  direction: Direction,
  old: AsyncApiMessage,
  now: AsyncApiMessage,
  resolvers: { readonly old: Resolve; readonly now: Resolve },
): ContractChange[] {
  const changes: ContractChange[] = [];
  if (old.contentType !== now.contentType) {
    const change = `its content type was ${old.contentType} and is ${now.contentType}`;
    changes.push(breaking(name, change, REASONS[direction]));
  }
  for (const header of ['subject', 'type'] as const) {
    const [was, is] = [headerOf(old, header), headerOf(now, header)];
    if (was === is) continue;
    const change = `its ${header} was ${was ?? 'any'} and is ${is ?? 'any'}`;
    const isWider = is === undefined && direction === 'receive';
    // Handlers are found by the subject; by the type, rules of subscriptions choose what is sent.
    if (isWider || (header === 'type' && direction === 'receive')) changes.push(compatible(name, change));
    else
      changes.push(
        breaking(name, change, header === 'subject' ? 'the subject picks the handler' : 'rules choose by it'),
      );
  }
  const found = compareSchemas(old.payload ?? {}, now.payload ?? {}, resolvers.old, resolvers.now, 'payload');
  return [...changes, ...found.map((change) => judged(name, direction, change))];
}

function judged(name: string, direction: Direction, { path, change, effect }: SchemaChange): ContractChange {
  const harmless = direction === 'receive' ? 'wider' : 'narrower';
  const line = `${path} ${change}`;
  return effect === harmless ? compatible(name, line) : breaking(name, line, REASONS[direction]);
}

function headerOf({ headers }: AsyncApiMessage, name: string): string | undefined {
  const value = headers?.properties?.[name]?.const;
  return value === undefined ? undefined : JSON.stringify(value);
}

/** Messages by name. An answer goes the other way than its request. */
function sidesOf(document: AsyncApiDocument): Map<string, Side> {
  const sides = new Map<string, Side>();
  for (const operation of Object.values(document.operations)) {
    const channel = document.channels[lastOf(operation.channel.$ref)];
    const requiresSession = channel?.['x-requires-session'] === true;
    for (const { $ref } of operation.messages) {
      note(sides, document, lastOf($ref), operation.action, {
        address: channel?.address ?? undefined,
        requiresSession,
        isAnswered: operation.reply !== undefined,
        isAnswer: false,
      });
    }
    const back = operation.action === 'send' ? 'receive' : 'send';
    for (const { $ref } of operation.reply?.messages ?? []) {
      note(sides, document, lastOf($ref), back, {
        address: undefined,
        requiresSession: false,
        isAnswered: false,
        isAnswer: true,
      });
    }
  }
  return sides;
}

interface Way {
  readonly address: string | undefined;
  readonly requiresSession: boolean;
  readonly isAnswered: boolean;
  readonly isAnswer: boolean;
}

function note(
  sides: Map<string, Side>,
  document: AsyncApiDocument,
  key: string,
  direction: Direction,
  way: Way,
): void {
  const message = document.components.messages[key];
  if (!message) return;
  const known = sides.get(message.name);
  const addresses = known?.addresses ?? { send: [], receive: [] };
  const here = [...new Set([...addresses[direction], ...(way.address === undefined ? [] : [way.address])])];
  sides.set(message.name, {
    message,
    directions: new Set([...(known?.directions ?? []), direction]),
    addresses: { ...addresses, [direction]: here },
    requiresSession: known?.requiresSession === true || way.requiresSession,
    isAnswered: known?.isAnswered === true || way.isAnswered,
    isAnswer: way.isAnswer,
  });
}

function resolverOf({ components }: AsyncApiDocument): Resolve {
  return (schema: JsonSchema) =>
    schema.$ref === undefined ? schema : (components.schemas[lastOf(schema.$ref)] ?? {});
}

function lastOf(reference: string): string {
  return reference.split('/').at(-1) ?? '';
}

function breaking(message: string, change: string, reason: string): ContractChange {
  return { message, change, isBreaking: true, reason };
}

function compatible(message: string, change: string): ContractChange {
  return { message, change, isBreaking: false, reason: undefined };
}
