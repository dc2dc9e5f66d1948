import { type DeclaredDestination } from '../binding/entity-options.js';
import { destinationProblems } from '../binding/entity-problems.js';
import { type Compression, type PayloadFormat, type WireOptions } from '../format/payload-format.js';
import { formatProblems, wireProblems } from '../format/wire.js';
import { type NameSource } from '../binding/handler-declaration.js';
import { type OptionNames, unknownOptions } from '../binding/unknown-options.js';
import { ServiceBusConfigurationError } from '../exceptions/service-bus-configuration.error.js';
import { type PayloadOf, type PayloadType, payloadTypeProblem } from './payload-type.js';

declare const PAYLOAD: unique symbol;
declare const RESULT: unique symbol;

/** What publishers and handlers of one kind of message agree upon; `contract()` makes it. */
export interface Contract<Payload = unknown> {
  /** Its name: one contract of an application has it. */
  readonly name: string;
  /** The subject of its messages, which picks their handler. */
  readonly subject: string;
  /** The application property `type` of its messages, for rules of subscriptions and for other platforms. */
  readonly type: string;
  /** What its messages carry. */
  readonly payload: PayloadType;
  /** What the handler answers; undefined for a message that has no answer. */
  readonly result: PayloadType | undefined;
  /** The queue or topic that its messages go to; undefined where each call of `publish` names it. */
  readonly to: NameSource | undefined;
  /** What that queue or topic is like; undefined where the contract says nothing of it. */
  readonly entity: DeclaredDestination | undefined;
  /** False for payloads that leave unvalidated. */
  readonly validate: boolean;
  /** For people, in the document that describes the application's messages. */
  readonly description: string | undefined;
  /** What its messages look like on their way; undefined where nothing is said of it. */
  readonly wire?: WireOptions | undefined;
  /** Gives the session of a message from its payload. */
  sessionId?(this: void, payload: Payload): string;
  /** Gives the id of a message from its payload: duplicate detection drops a second one. */
  messageId?(this: void, payload: Payload): string;
  /** For the compiler alone. */
  readonly [PAYLOAD]?: Payload;
}

/** A contract whose handler answers. */
export interface RequestContract<Payload = unknown, Result = unknown> extends Contract<Payload> {
  readonly result: PayloadType;
  /** For the compiler alone. */
  readonly [RESULT]?: Result;
}

/** Options of `contract()`. */
export interface ContractOptions<Payload = unknown> {
  /**
   * The queue or topic that the messages go to: its name, a function that takes it from the application's providers
   * (`(get) => get(ConfigService).getOrThrow('ORDERS_QUEUE')`), or the token of a provider that is the name.
   */
  readonly to?: NameSource;
  /**
   * What that queue or topic is like (`{ kind: 'topic' }`), for `provision` and the command `topology`, in the
   * applications that publish the contract and in those that handle it; `external`, `external queue` or `external topic`
   * where somebody else owns it. Default: it belongs to those that read it.
   */
  readonly entity?: DeclaredDestination;
  /** The subject of the messages. Default: the contract's name. */
  readonly subject?: string;
  /** The application property `type` of the messages. Default: the contract's name. */
  readonly type?: string;
  /** False lets payloads leave unvalidated. Default true. */
  readonly validate?: boolean;
  /** For people, in the document that describes the application's messages. */
  readonly description?: string;
  /** How payload and result are written, and read. Default: the first of the application's, else JSON. */
  readonly format?: PayloadFormat;
  /** Compresses the bodies of messages and results. Default: the application's. */
  readonly compression?: Compression;
  /** Gives the session of a message from its payload, where the call of `publish` names none. */
  sessionId?(this: void, payload: Payload): string;
  /** Gives the id of a message from its payload, where the call names none. Default: a random id. */
  messageId?(this: void, payload: Payload): string;
}

/** Options of `contract()` for messages that are answered. */
export interface RequestContractOptions<
  Payload,
  Result extends PayloadType,
> extends ContractOptions<Payload> {
  /** What the handler answers. */
  readonly result: Result;
}

const CONTRACT_OPTIONS: OptionNames<RequestContractOptions<unknown, PayloadType>> = {
  to: true,
  entity: true,
  result: true,
  subject: true,
  type: true,
  validate: true,
  description: true,
  format: true,
  compression: true,
  sessionId: true,
  messageId: true,
};

// What AsyncAPI allows in the names of its components.
const NAME = /^[\w.-]{1,128}$/;

/**
 * Declares a kind of message once, for those that publish it and those that handle it:
 * `const OrderPlaced = contract('order-placed', OrderPlacedDto, { to: 'orders' })`. With `result` it is answered:
 * `const GetPrice = contract('get-price', GetPriceDto, { to: 'prices', result: PriceDto })`. Throws a
 * ServiceBusConfigurationError that names every option that is wrong.
 */
export function contract<Type extends PayloadType, Result extends PayloadType>(
  name: string,
  payload: Type,
  options: RequestContractOptions<PayloadOf<Type>, Result>,
): RequestContract<PayloadOf<Type>, PayloadOf<Result>>;
export function contract<Type extends PayloadType>(
  name: string,
  payload: Type,
  options?: ContractOptions<PayloadOf<Type>>,
): Contract<PayloadOf<Type>>;
export function contract(
  name: string,
  payload: PayloadType,
  options: ContractOptions & { readonly result?: PayloadType } = {},
): Contract {
  const problems = problemsOf(name, payload, options);
  if (problems.length > 0) {
    throw new ServiceBusConfigurationError(problems.map((problem) => `contract ${nameOf(name)}: ${problem}`));
  }
  const {
    to,
    entity,
    subject = name,
    type = name,
    validate = true,
    description,
    result,
    format,
    compression,
    sessionId,
    messageId,
  } = options;
  const wire = { ...(format && { formats: [format] }), ...(compression && { compression }) };
  return {
    name,
    subject,
    type,
    payload,
    result,
    to,
    entity,
    validate,
    description,
    ...(Object.keys(wire).length > 0 && { wire }),
    ...(sessionId && { sessionId }),
    ...(messageId && { messageId }),
  };
}

function problemsOf(
  name: unknown,
  payload: unknown,
  options: ContractOptions & { readonly result?: PayloadType },
): string[] {
  const problems = unknownOptions(options, CONTRACT_OPTIONS);
  if (typeof name !== 'string' || !NAME.test(name)) {
    problems.push('the name may have letters, digits, ".", "_" and "-", 1 to 128 of them');
  }
  const ofPayload = payloadTypeProblem(payload);
  if (ofPayload !== undefined) problems.push(`its payload ${ofPayload}`);
  const ofResult = 'result' in options ? payloadTypeProblem(options.result) : undefined;
  if (ofResult !== undefined) problems.push(`its result ${ofResult}`);
  const { format, compression } = options;
  if (format !== undefined) problems.push(...formatProblems('format', format));
  if (compression !== undefined) problems.push(...wireProblems({ compression }));
  for (const option of ['to', 'subject', 'type'] as const) {
    if (options[option] === '') problems.push(`${option} is empty`);
  }
  problems.push(...destinationProblems('entity', options.entity));
  if (options.entity !== undefined && options.to === undefined) problems.push('entity needs to');
  return problems;
}

function nameOf(name: unknown): string {
  return typeof name === 'string' ? `"${name}"` : 'without a name';
}
