import { type MetadataStorages } from '../validation/metadata-storages.js';
import { type ApplicationMessage, type Channel, type Operation } from './application-messages.js';
import {
  type AsyncApiChannel,
  type AsyncApiDocument,
  type AsyncApiInfo,
  type AsyncApiMessage,
  type AsyncApiOperation,
  type Reference,
} from './schema/async-api-document.js';
import { type JsonSchema } from './schema/json-schema.js';
import { Schemas } from './schema/schemas.js';

/** Writes what an application sends and receives as an AsyncAPI 3.0 document; the same application gives the same. */
export function buildDocument(
  operations: readonly Operation[],
  { title = 'Messages', version = '0.0.0', description }: AsyncApiInfo,
  storages: MetadataStorages | undefined,
): AsyncApiDocument {
  const builder = new Builder(new Schemas(storages));
  const ordered = [...operations].sort((one, other) => keyOf(one).localeCompare(keyOf(other), 'en'));
  for (const operation of ordered) builder.add(operation);
  const { channels, schemas, messages } = builder;
  return {
    asyncapi: '3.0.0',
    info: { title, version, ...(description !== undefined && { description }) },
    defaultContentType: 'application/json',
    channels: inOrder(channels),
    operations: builder.operations,
    components: { messages: inOrder(messages), schemas: inOrder(schemas.components) },
  };
}

function keyOf({ by, action, message }: Operation): string {
  return `${by} ${message.name} ${action}`;
}

class Builder {
  readonly channels: Record<string, AsyncApiChannel> = {};
  readonly messages: Record<string, AsyncApiMessage> = {};
  readonly operations: Record<string, AsyncApiOperation> = {};
  private readonly messageNames = new Map<ApplicationMessage, string>();

  constructor(readonly schemas: Schemas) {}

  add({ by, action, message, channel }: Operation): void {
    const name = this.message(message);
    const channelName = this.channel(channel, message.name, name);
    const base = action === 'receive' ? by : `${by}.publishes.${name}`;
    this.operations[freeName(base.replaceAll(/[^\w.-]+/g, '-'), this.operations)] = {
      action,
      channel: { $ref: `#/channels/${channelName}` },
      messages: [messageOf(channelName, name)],
      ...(message.result && { reply: this.reply(message, name) }),
    };
  }

  private message(message: ApplicationMessage): string {
    const known = this.messageNames.get(message);
    if (known !== undefined) return known;
    const name = freeName(message.name, this.messages);
    this.messageNames.set(message, name);
    const { contentType, resultContentType, description, payload, result } = message;
    this.messages[name] = {
      name: message.name,
      contentType,
      ...(description !== undefined && { description }),
      ...headersOf(message),
      ...(payload && { payload: this.schemas.of(payload) }),
      ...(result && { correlationId: { location: '$message.header#/correlationId' } }),
    };
    if (result) {
      this.messages[replyName(name)] = {
        name: replyName(message.name),
        contentType: resultContentType,
        description: `The answer to ${message.name}.`,
        payload: this.schemas.of(result),
        correlationId: { location: '$message.header#/correlationId' },
      };
    }
    return name;
  }

  private channel(channel: Channel, contract: string, message: string): string {
    const { address, connection, kind, requiresSession } = channel;
    const place = connection === undefined ? '' : `${connection}.`;
    const name = channelName(place + (address ?? `${contract}.anywhere`));
    const known = this.channels[name];
    const isSessional = requiresSession || known?.['x-requires-session'] === true;
    const words = address === undefined ? 'Each call names the queue or topic.' : DESCRIPTIONS[kind];
    this.channels[name] = {
      address: address ?? null,
      description: kind === 'queue or topic' ? (known?.description ?? words) : words,
      messages: inOrder({ ...known?.messages, [message]: { $ref: `#/components/messages/${message}` } }),
      ...(isSessional && { 'x-requires-session': true }),
      ...(connection !== undefined && { 'x-connection': connection }),
    };
    return name;
  }

  private reply(message: ApplicationMessage, name: string): NonNullable<AsyncApiOperation['reply']> {
    const answer = replyName(name);
    this.channels[answer] = {
      address: null,
      description: `Where answers to ${message.name} arrive: the request names it.`,
      messages: { [answer]: { $ref: `#/components/messages/${answer}` } },
    };
    return {
      address: { location: '$message.header#/replyTo', description: 'The property replyTo of the request.' },
      channel: { $ref: `#/channels/${answer}` },
      messages: [messageOf(answer, answer)],
    };
  }
}

const DESCRIPTIONS: Readonly<Record<Channel['kind'], string>> = {
  queue: 'A queue.',
  subscription: "A topic's subscription.",
  'queue or topic': 'A queue or topic.',
};

function headersOf({ subject, type }: ApplicationMessage): { headers?: JsonSchema } {
  const properties: Record<string, JsonSchema> = {
    ...(subject !== undefined && { subject: { type: 'string', const: subject } }),
    ...(type !== undefined && { type: { type: 'string', const: type } }),
  };
  return Object.keys(properties).length === 0 ? {} : { headers: { type: 'object', properties } };
}

function replyName(name: string): string {
  return `${name}.reply`;
}

function messageOf(channel: string, message: string): Reference {
  return { $ref: `#/channels/${channel}/messages/${message}` };
}

/** `events/Subscriptions/shop` is `events.shop`. */
function channelName(address: string): string {
  return address.replace(/\/Subscriptions\//i, '.').replaceAll(/[^\w.-]+/g, '-');
}

function freeName(base: string, taken: object): string {
  let free = base;
  for (let count = 2; Object.hasOwn(taken, free); count++) free = `${base}-${count}`;
  return free;
}

function inOrder<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).sort(([one], [other]) => one.localeCompare(other, 'en')));
}
