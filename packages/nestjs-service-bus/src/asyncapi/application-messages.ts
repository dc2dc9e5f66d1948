import { type ModulesContainer } from '@nestjs/core';

import { type Binding } from '../binding/binding.js';
import { type BindingRegistry } from '../binding/binding-registry.js';
import { type ControllerHandler, controllerHandlers } from '../binding/handlers.js';
import { parsePattern } from '../binding/pattern.js';
import { type Contract } from '../contract/contract.js';
import { handledContract } from '../contract/contract-marks.js';
import { type ContractRegistry } from '../contract/contract-registry.js';
import { isBytes, itemOf, type PayloadType } from '../contract/payload-type.js';
import { type PayloadFormat } from '../format/payload-format.js';
import { payloadParameter } from './payload-parameter.js';

/** A queue, topic or subscription that messages go through. */
export interface Channel {
  /** As Service Bus addresses it; undefined where calls name it. */
  readonly address: string | undefined;
  /** The name of the connection with its namespace; undefined for the one without. */
  readonly connection?: string | undefined;
  readonly kind: 'queue' | 'subscription' | 'queue or topic';
  readonly requiresSession: boolean;
}

/** A kind of message that the application sends, receives, or both. */
export interface ApplicationMessage {
  readonly name: string;
  readonly subject: string | undefined;
  /** The application property `type`. */
  readonly type: string | undefined;
  readonly contentType: string;
  /** Of its answer. */
  readonly resultContentType: string;
  readonly description: string | undefined;
  /** Undefined where nothing is known of it. */
  readonly payload: PayloadType | undefined;
  readonly result: PayloadType | undefined;
}

/** Somebody in the application who sends or receives a kind of message. */
export interface Operation {
  /** A class, or `Class.method`. */
  readonly by: string;
  readonly action: 'send' | 'receive';
  readonly message: ApplicationMessage;
  readonly channel: Channel;
}

/** Everything in an application that tells which messages it sends and receives. */
export interface MessageSources {
  readonly modules: ModulesContainer;
  readonly bindings: BindingRegistry;
  readonly contracts: ContractRegistry;
  /** Handlers that name another one are not this application's. */
  readonly transport: symbol;
}

/** What an application sends and receives, as its decorators and bindings say. */
export function applicationOperations({
  modules,
  bindings,
  contracts,
  transport: own,
}: MessageSources): Operation[] {
  const known = new Map<Contract, ApplicationMessage>();
  const messageOf: MessageOf = (contract, connection) => {
    const message = known.get(contract) ?? fromContract(contract, bindings.formatOf(connection));
    known.set(contract, message);
    return message;
  };
  const received = [...controllerHandlers(modules)]
    .filter(({ transport }) => transport === undefined || transport === own)
    .flatMap((handler) => receptionsOf(handler, bindings, messageOf));
  const sent = bindings.connections.flatMap((connection) =>
    contracts.usesOf(connection).flatMap(({ contract, publishers }) =>
      publishers.map((by): Operation => {
        const address = contracts.destinationOf(contract, connection);
        const channel: Channel = { address, connection, kind: 'queue or topic', requiresSession: false };
        return { by, action: 'send', message: messageOf(contract, connection), channel };
      }),
    ),
  );
  return [...received, ...sent];
}

/** The message of a contract, which says itself how it is written, or else the first connection that it is used on. */
type MessageOf = (contract: Contract, connection: string | undefined) => ApplicationMessage;

function receptionsOf(
  handler: ControllerHandler,
  bindings: BindingRegistry,
  messageOf: MessageOf,
): Operation[] {
  return handler.patterns.flatMap((pattern): Operation[] => {
    const { binding: name, subject } = parsePattern(pattern);
    const binding = bindings.find(name);
    // A pattern that no queue can have is another transport's, or is told of at the start.
    if (!binding) return [];
    const contract = handledContract(handler.run);
    const message = contract
      ? messageOf(contract, binding.connection)
      : fromHandler(handler, name, subject, binding);
    return [{ by: handler.name, action: 'receive', message, channel: channelOf(binding) }];
  });
}

function channelOf({ entityPath, connection, subscription, sessions }: Binding): Channel {
  const kind = subscription === undefined ? 'queue' : 'subscription';
  return { address: entityPath, connection, kind, requiresSession: sessions !== undefined };
}

function fromContract(contract: Contract, ofConnection: PayloadFormat | undefined): ApplicationMessage {
  const { name, subject, type, payload, result, description, wire } = contract;
  const format = wire?.formats?.[0] ?? ofConnection;
  return { name, subject, type, ...contentTypes(payload, format), description, payload, result };
}

function fromHandler(
  { controller, method }: ControllerHandler,
  binding: string,
  subject: string | undefined,
  { formats }: Binding,
): ApplicationMessage {
  const name = (subject === undefined ? binding : `${binding}.${subject}`).replaceAll(/[^\w.-]+/g, '-');
  const payload = payloadParameter(controller, method);
  const types = contentTypes(payload, formats?.[0]);
  return { name, subject, type: undefined, ...types, description: undefined, payload, result: undefined };
}

type ContentTypes = Pick<ApplicationMessage, 'contentType' | 'resultContentType'>;

function contentTypes(payload: PayloadType | undefined, format: PayloadFormat | undefined): ContentTypes {
  return {
    contentType: format?.contentType ?? contentTypeOf(payload),
    resultContentType: format?.contentType ?? 'application/json',
  };
}

function contentTypeOf(payload: PayloadType | undefined): string {
  return payload && isBytes(itemOf(payload)) ? 'application/octet-stream' : 'application/json';
}
