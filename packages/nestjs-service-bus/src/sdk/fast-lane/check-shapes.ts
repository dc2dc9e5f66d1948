import { ServiceBusClient, type ServiceBusReceiver, type ServiceBusSender } from '@azure/service-bus';
import rhea from 'rhea';

import { contextOf, contextOfLink, type SdkContext } from '../sdk-context.js';
import { within } from '../../time/within.js';
import { misfitsOfLink, type RheaConnection, type RheaReceiver } from './rhea-link.js';
import { rheaMessage } from './rhea-message.js';
import { misfitsOfSenderLink, type RheaSender } from './rhea-sender.js';

/**
 * What of the installed SDK and rhea is not as this room knows it, by what needs it; all lists are empty with the
 * versions that it is written for.
 */
export interface Misfits {
  readonly fastLane: readonly string[];
  /** Hooks that tell when a receiver's link opens, and when it is lost. */
  readonly linkEvents: readonly string[];
  /** What guards connections, and the requests and transfers on them. */
  readonly connection: readonly string[];
  readonly versions: string;
}

// Port 1 refuses: should another version connect after all, nothing comes of it.
const NOWHERE =
  'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=check;SharedAccessKey=check;UseDevelopmentEmulator=true';
const PROBE_TIMEOUT_MS = 1_000;

const UNCHECKED: Misfits = { fastLane: [], linkEvents: [], connection: [], versions: 'unchecked' };

let misfits = UNCHECKED;
let checking: Promise<Misfits> | undefined;

/** What the check has found; until it has run, everything counts as fitting. */
export function knownMisfits(): Misfits {
  return misfits;
}

/**
 * Looks once, before the first connection, whether SDK and rhea have the private parts that we use. It makes a client
 * that never connects, and looks at what that makes.
 */
export function checkShapes(): Promise<Misfits> {
  return (checking ??= check().then((found) => (misfits = found)));
}

/** Says what is off, why, and what that means, a line each. */
export function describeMisfits({ fastLane, linkEvents, connection, versions }: Misfits): string[] {
  const lines: [string, readonly string[], string][] = [
    ['fast lane off', fastLane, 'all messages go through the SDK, which is slower'],
    ['link events off', linkEvents, 'a receiver counts as open with a message, or 5 s after the last error'],
    ['connection guard limited', connection, 'a dead connection or a lost link may be noticed minutes later'],
  ];
  return lines
    .filter(([, missed]) => missed.length > 0)
    .map(([what, missed, so]) => `${what}: ${versions} does not fit (${missed.join(', ')}); ${so}`);
}

async function check(): Promise<Misfits> {
  try {
    const retryOptions = { maxRetries: 0, retryDelayInMs: 0, maxRetryDelayInMs: 0 };
    const client = new ServiceBusClient(NOWHERE, { retryOptions });
    const context = contextOf(client);
    const receiver = client.createReceiver('check');
    const sender = client.createSender('check');
    const linkEvents = await misfitsOfLinkEvents(receiver);
    const connection = [...misfitsOfContext(context), ...misfitsOfSender(sender)];
    const links = context ? misfitsOfRhea(context) : ['ServiceBusClient._connectionContext'];
    const fastLane = [
      ...links,
      ...missing([
        ['ServiceBusReceiver._context', contextOfLink(receiver) === context],
        ['ServiceBusSender._context', contextOfLink(sender) === context],
      ]),
      ...(await misfitsOfBatch(sender)),
      ...linkEvents,
    ];
    await receiver.close();
    return { fastLane, linkEvents, connection, versions: versionsOf(context) };
  } catch (error) {
    const cause = [error instanceof Error ? error.message : String(error)];
    return { fastLane: cause, linkEvents: cause, connection: cause, versions: 'unknown' };
  }
}

function misfitsOfContext(context: SdkContext | undefined): string[] {
  if (!context) return ['ServiceBusClient._connectionContext'];
  const { connection, cbsSession, managementClients } = context;
  return missing([
    ['ConnectionContext.wasConnectionCloseCalled', typeof context.wasConnectionCloseCalled === 'boolean'],
    ['ConnectionContext.refreshConnection', typeof context.refreshConnection === 'function'],
    ['ConnectionContext.managementClients', typeof managementClients === 'object'],
    ['CbsClient._cbsSenderReceiverLink', has(cbsSession, '_cbsSenderReceiverLink')],
    ['Connection.isOpen', typeof connection.isOpen === 'function'],
    ['Connection.createSession', typeof connection.createSession === 'function'],
    ['rhea Connection.on', typeof connection._connection.on === 'function'],
    ['rhea Connection.on_transfer', has(connection._connection, 'on_transfer')],
    ['rhea Connection.options', typeof connection._connection.options === 'object'],
  ]);
}

/** Where the SDK keeps a sender's link. */
function misfitsOfSender(sender: ServiceBusSender): string[] {
  const { _sender: inner } = sender as { _sender?: object };
  return missing([['ServiceBusSender._sender.link', has(inner, 'link')]]);
}

/** rhea's links, sessions and outcomes; and that the SDK's rhea is ours, which cannot write another copy's types. */
function misfitsOfRhea(context: SdkContext): string[] {
  const connection = context.connection._connection as unknown as RheaConnection & {
    create_session?(): {
      create_receiver?(name: string, options: object): Partial<RheaReceiver>;
      create_sender?(name: string, options: object): Partial<RheaSender>;
    };
  };
  const ours = (rhea as unknown as { create_connection(options: object): object }).create_connection({});
  const link = connection.create_session?.().create_receiver?.('check', {});
  const sender = connection.create_session?.().create_sender?.('check', {});
  const { decode, accepted, released, rejected, modified, unwrap_outcome } = rheaMessage;
  return [
    ...missing([
      ['one copy of rhea', ours.constructor === connection.constructor],
      ['rhea message.decode', typeof decode === 'function'],
      ['rhea message.unwrap_outcome', typeof unwrap_outcome === 'function'],
      ...[accepted, released, rejected, modified].map((make): [string, boolean] => [
        'rhea message outcomes',
        typeof make?.({}).described === 'function',
      ]),
    ]),
    ...(link ? misfitsOfLink(link) : ['rhea Session.create_receiver']),
    ...(sender ? misfitsOfSenderLink(sender) : ['rhea Session.create_sender']),
  ];
}

/** How the SDK takes a batch that it has not made. */
async function misfitsOfBatch(sender: ServiceBusSender): Promise<string[]> {
  const { _sender: inner } = sender as { _sender?: { getMaxMessageSize?: unknown } };
  if (typeof inner?.getMaxMessageSize !== 'function') return ['ServiceBusSender._sender.getMaxMessageSize'];
  // It would open a link to ask for it.
  inner.getMaxMessageSize = () => Promise.resolve(1_024);
  let batch: object | undefined;
  const creating = sender.createMessageBatch().then((created) => (batch = created));
  await within(PROBE_TIMEOUT_MS, creating);
  return missing([
    ['ServiceBusMessageBatch._generateMessage', isFunction(batch, '_generateMessage')],
    ['ServiceBusMessageBatch._messageSpanContexts', has(batch, '_messageSpanContexts')],
  ]);
}

/** Subscribes, with nothing in the place of what would connect, and looks which hooks are called. */
async function misfitsOfLinkEvents(receiver: ServiceBusReceiver): Promise<string[]> {
  const called = new Set<string>();
  const note = (hook: string) => (): Promise<void> => Promise.resolve(void called.add(hook));
  let failed = (): void => undefined;
  const attempt = new Promise<void>((resolve) => (failed = resolve));
  const handlers = {
    processMessage: () => Promise.resolve(),
    // There is no link to give credit to: the attempt ends with an error.
    processError: () => Promise.resolve(failed()),
    preInitialize: note('preInitialize'),
    postInitialize: note('postInitialize'),
  };
  const subscription = receiver.subscribe(handlers);
  const { _streamingReceiver: streaming } = receiver as {
    _streamingReceiver?: { _init?: unknown; link?: unknown };
  };
  if (typeof streaming?._init === 'function') {
    streaming._init = () => Promise.resolve();
    await within(PROBE_TIMEOUT_MS, attempt);
  }
  // Otherwise the SDK would try for ever.
  await within(PROBE_TIMEOUT_MS, subscription.close());
  return missing([
    ['ServiceBusReceiver._streamingReceiver.link', has(streaming, 'link')],
    ['subscribe calls preInitialize', called.has('preInitialize')],
    ['subscribe calls postInitialize', called.has('postInitialize')],
  ]);
}

function versionsOf(context: SdkContext | undefined): string {
  const options = context?.connection._connection.options as
    { readonly properties?: { readonly version?: string } } | undefined;
  return `@azure/service-bus ${options?.properties?.version ?? 'of unknown version'}`;
}

function missing(checks: readonly (readonly [name: string, isThere: boolean])[]): string[] {
  return [...new Set(checks.flatMap(([name, isThere]) => (isThere ? [] : [name])))];
}

function has(owner: unknown, name: string): boolean {
  return typeof owner === 'object' && owner !== null && name in owner;
}

function isFunction(owner: object | undefined, name: string): boolean {
  return typeof (owner as Record<string, unknown> | undefined)?.[name] === 'function';
}
