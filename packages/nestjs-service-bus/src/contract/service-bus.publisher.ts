import { type ServiceBusMessage } from '@azure/service-bus';
import { Logger } from '@nestjs/common';
import { firstValueFrom } from 'rxjs';

import { ServiceBusClientProxy } from '../client/service-bus-client-proxy.js';
import { type ServiceBusClientProxyOptions } from '../client/service-bus-client-proxy-options.js';
import { ServiceBusRecord } from '../client/service-bus-record.js';
import { ServiceBusConfigurationError } from '../exceptions/service-bus-configuration.error.js';
import { type SenderPool } from '../send/sender-pool.js';
import { type WireOptions } from '../format/payload-format.js';
import { type Wire, wireOf } from '../format/wire.js';
import { type Contract, type RequestContract } from './contract.js';
import { type ContractRegistry, ruleProblems } from './contract-registry.js';
import { type Draft, draftOf, toMessage, toRecord, writing } from './draft.js';
import { PayloadValidator } from './payload-validator.js';
import { explainSendError } from './publish.error.js';
import {
  checkPublishOptions,
  type PrepareOptions,
  type PublishOptions,
  type RequestOptions,
} from './publish-options.js';
import { CONTENT_ENCODING, type EncodedMessage } from '../sdk/index.js';
import { Turns } from '../send/turns.js';

/** A message of a contract, and where it goes. */
export interface PreparedMessage {
  /** The queue or topic. */
  readonly destination: string;
  /** What is to be sent, for the SDK's senders, the outbox, or a batch. */
  readonly message: ServiceBusMessage;
  /** Where it was compressed: the SDK's own messages have no field for it. Injected senders and the outbox set it. */
  readonly contentEncoding?: string;
  /** The name of the publisher's connection; not set for the one without. */
  readonly connection?: string;
}

/** What of an application's options concerns its publisher. */
export interface PublisherSettings {
  readonly validates: boolean;
  /** What messages look like whose contract says nothing else. */
  readonly wire: WireOptions;
  /** Undefined where there is no queue for replies. */
  readonly client: ServiceBusClientProxyOptions | undefined;
}

/**
 * Publishes messages of contracts: `publisher.publish(OrderPlaced, { id: 1 })`. The compiler checks the payload's type, and
 * class-validator its content, before the message leaves.
 */
export class ServiceBusPublisher {
  private readonly logger = new Logger('ServiceBusPublisher');
  private readonly turns = new Turns();
  private readonly ruled = new WeakSet<Contract>();
  private loading?: Promise<PayloadValidator>;
  private validator?: PayloadValidator;
  private client?: ServiceBusClientProxy;
  private isClosed = false;
  /** Undefined where nothing is said of what messages look like. */
  private readonly wire: Wire | undefined;

  private constructor(
    private readonly senders: SenderPool,
    private readonly contracts: ContractRegistry,
    private readonly settings: PublisherSettings,
    private readonly connection: string | undefined,
  ) {
    this.wire = wireOf([settings.wire]);
  }

  /** @internal Loads what validates payloads, where the application's decorators name contracts. */
  static async open(
    senders: SenderPool,
    contracts: ContractRegistry,
    settings: PublisherSettings,
    connection?: string,
  ): Promise<ServiceBusPublisher> {
    const publisher = new ServiceBusPublisher(senders, contracts, settings, connection);
    const isUsed = contracts.uses().some(({ contract }) => publisher.isValidated(contract));
    if (isUsed) await publisher.findValidator();
    return publisher;
  }

  /**
   * Sends a message; resolves when the broker has accepted it. Rejects with an InvalidPayloadError for a payload that does
   * not fit, with a SerializationError for one that its format cannot write, with a ServiceBusConfigurationError for a contract that cannot be published, with a PublishError where the
   * destination does not take such a message, and otherwise with the SDK's error once its tries are over.
   */
  async publish<Payload>(
    contract: Contract<Payload>,
    payload: NoInfer<Payload>,
    options: PublishOptions = {},
  ): Promise<void> {
    const { order } = options;
    const { destination, message } = await this.build(contract, payload, options, true);
    try {
      await this.senders.get(destination).send(message, order === undefined ? undefined : { order });
    } catch (error) {
      throw explainSendError(contract.name, destination, error);
    }
  }

  /**
   * Sends a request, and resolves with the handler's answer: an instance of the result's class, where it has rules that it
   * can be checked by. Rejects as `publish` does, with an RpcException for an error of the handler's, and with a
   * RequestTimeoutError. Needs the option `replyQueue` of `ServiceBusModule.forRoot`.
   */
  async request<Payload, Result>(
    contract: RequestContract<Payload, Result>,
    payload: NoInfer<Payload>,
    options: RequestOptions = {},
  ): Promise<Result> {
    const client = this.openClient(contract);
    const { destination, record: draft } = await this.check(contract, payload, options);
    const record = this.wireFor(contract)
      ? new ServiceBusRecord(draft.data, draft.options, { ...contract.wire, type: contract.type })
      : draft;
    const pattern = { binding: destination, subject: contract.subject };
    let reply: unknown;
    try {
      reply = await firstValueFrom(client.send<unknown>(pattern, record), { defaultValue: undefined });
    } catch (error) {
      throw explainSendError(contract.name, destination, error);
    }
    if (!this.isValidated(contract)) return reply as Result;
    const validator = await this.findValidator();
    return (await validator.check(contract.name, contract.result, reply, 'the reply')) as Result;
  }

  /**
   * Gives the message that `publish` would send, without sending it. With `compress: true` it is compressed as there, and
   * `contentEncoding` says how: for the outbox and injected senders alone, others would send the bytes without a word.
   */
  async prepare<Payload>(
    contract: Contract<Payload>,
    payload: NoInfer<Payload>,
    options: PrepareOptions = {},
  ): Promise<PreparedMessage> {
    const { compress = false, ...others } = options;
    const prepared = await this.build(contract, payload, others, compress);
    const { [CONTENT_ENCODING]: contentEncoding } = prepared.message as EncodedMessage;
    const { connection } = this;
    return {
      ...prepared,
      ...(contentEncoding !== undefined && { contentEncoding }),
      ...(connection !== undefined && { connection }),
    };
  }

  /** What is wrong with the contracts that the application's decorators name, one line each. */
  problems(): string[] {
    return this.contracts.problems(this.settings.validates ? this.validator : undefined);
  }

  /** Ends the wait for replies. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.client?.close();
  }

  private async build(
    contract: Contract,
    payload: unknown,
    options: PublishOptions,
    compresses: boolean,
  ): Promise<PreparedMessage> {
    const wire = this.wireFor(contract);
    const draft = await this.check(contract, payload, options, wire && writing(contract, wire, compresses));
    return { destination: draft.destination, message: draft.written ?? toMessage(contract, draft) };
  }

  private wireFor({ wire }: Contract): Wire | undefined {
    return wire ? wireOf([wire, this.settings.wire]) : this.wire;
  }

  /** `write` takes the message's place in its session's order as well. */
  private async check(
    contract: Contract,
    payload: unknown,
    options: PublishOptions,
    write?: (draft: Draft) => Promise<ServiceBusMessage>,
  ): Promise<Draft> {
    const { order, to, ...properties } = options;
    checkPublishOptions(contract.name, options);
    this.contracts.checkPublished(contract);
    const { connection } = this;
    const destination =
      to === undefined
        ? this.contracts.destinationOf(contract, connection)
        : this.contracts.prefixed(to, connection);
    if (destination === undefined) throw noDestination(contract.name);
    // Messages of one session are validated side by side, and still leave in the order of the calls.
    const session = order ?? properties.sessionId ?? sessionOf(contract, payload);
    const turn = session && `${destination}/${session}`;
    if (write) {
      const toDraft = draftOf(contract, payload, destination, properties);
      return this.turns.take(turn, this.validateAndWrite(contract, payload, toDraft, write));
    }
    await this.turns.take(turn, this.validate(contract, payload));
    return { destination, record: toRecord(contract, payload, properties) };
  }

  private async validateAndWrite(
    contract: Contract,
    payload: unknown,
    toDraft: () => Draft,
    write: (draft: Draft) => Promise<ServiceBusMessage>,
  ): Promise<Draft> {
    await this.validate(contract, payload);
    const draft = toDraft();
    return { ...draft, written: await write(draft) };
  }

  private async validate(contract: Contract, payload: unknown): Promise<void> {
    if (!this.isValidated(contract)) return;
    const validator = await this.findValidator();
    if (!this.ruled.has(contract)) {
      const problems = ruleProblems(contract, validator);
      if (problems.length > 0) throw new ServiceBusConfigurationError(problems);
      this.ruled.add(contract);
    }
    await validator.check(contract.name, contract.payload, payload);
  }

  private isValidated({ validate }: Contract): boolean {
    return validate && this.settings.validates;
  }

  private findValidator(): Promise<PayloadValidator> {
    return (this.loading ??= this.loadValidator());
  }

  private async loadValidator(): Promise<PayloadValidator> {
    const validator = await PayloadValidator.load();
    if (!validator.isInstalled) {
      this.logger.warn(
        'payloads of contracts are not validated: npm install class-validator class-transformer, ' +
          'or give ServiceBusModule.forRoot the option validateContracts: false',
      );
    }
    this.validator = validator;
    return validator;
  }

  private openClient({ name }: Contract): ServiceBusClientProxy {
    const { client } = this.settings;
    if (!client) {
      throw new ServiceBusConfigurationError([
        `contract "${name}": request() needs a queue for replies: ServiceBusModule.forRoot({ ${this.connection === undefined ? '' : `name: '${this.connection}', `}replyQueue: '…' })`,
      ]);
    }
    if (this.isClosed) throw new Error(`the service is closed: "${name}" cannot be requested`);
    return (this.client ??= new ServiceBusClientProxy(client));
  }
}

/** A payload that is not valid may have no session: what is wrong with it is told before that. */
function sessionOf(contract: Contract, payload: unknown): string | undefined {
  try {
    return contract.sessionId?.(payload);
  } catch {
    return undefined;
  }
}

function noDestination(name: string): ServiceBusConfigurationError {
  return new ServiceBusConfigurationError([
    `contract "${name}" names no destination: give it { to: '…' }, or pass { to } to publish()`,
  ]);
}
