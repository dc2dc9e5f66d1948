import { randomUUID } from 'node:crypto';

import { type ServiceBusMessage } from '@azure/service-bus';
import { Logger } from '@nestjs/common';
import { ClientProxy, type ReadPacket } from '@nestjs/microservices';

import { describeError } from '../exceptions/describe-error.js';
import { ServiceBusConfigurationError } from '../exceptions/service-bus-configuration.error.js';
import { type Wire, wireOf } from '../format/wire.js';
import { writePayload } from '../format/write-payload.js';
import { type CoalescingSender } from '../send/coalescing-sender.js';
import { Turns } from '../send/turns.js';
import { ClientClosedError } from './client-closed.error.js';
import { ClientConnection } from './client-connection.js';
import { findDestination } from './find-destination.js';
import { buildMessage } from './build-message.js';
import { type ClientEntities, clientEntities } from './client-entities.js';
import { type Answer, type PendingRequest } from './pending-request.js';
import { PendingRequests } from './pending-requests.js';
import { REQUEST_ID } from '../reply/reply-protocol.js';
import { type ReplyListener, type ReplySource } from './reply-source.js';
import { ServiceBusRecord } from './service-bus-record.js';
import {
  checkClientProxyOptions,
  DEFAULT_REQUEST_TIMEOUT_MS,
  type ServiceBusClientProxyOptions,
} from './service-bus-client-proxy-options.js';

/** Events of `client.on`. */
export type ServiceBusClientProxyEvents = {
  /** The reply queue's receiver has failed; it keeps trying. */
  error: (error: Error) => void;
};

/**
 * Nest's client for Azure Service Bus:
 * `ClientsModule.register([{ name, customClass: ServiceBusClientProxy, options }])`.
 * `emit()` completes when the broker has accepted the message. `send()` emits the handler's values, or fails with its
 * error as an RpcException; it needs the option `replyQueue`.
 */
export class ServiceBusClientProxy extends ClientProxy<ServiceBusClientProxyEvents, string> {
  private readonly options: ServiceBusClientProxyOptions;
  private readonly requests: PendingRequests;
  private readonly errorListeners: ServiceBusClientProxyEvents['error'][] = [];
  private readonly logger = new Logger('ServiceBusClientProxy');
  /** Undefined where nothing is said of what messages look like. */
  private readonly wire: Wire | undefined;
  private readonly turns = new Turns();
  private opening?: Promise<ClientConnection>;
  private connection?: ClientConnection;
  private isFailing = false;

  constructor(options: ServiceBusClientProxyOptions) {
    super();
    this.options = checkClientProxyOptions(options);
    this.wire = wireOf([options]);
    this.requests = new PendingRequests(options.requestTimeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS);
  }

  /** @internal What it sends to and receives from; a pattern that no option names goes to the queue of its own name. */
  usedEntities(): ClientEntities {
    return clientEntities(this.options);
  }

  /** Connects once, and again after a failure. Nest calls it before every send. */
  async connect(): Promise<void> {
    await (this.opening ?? this.open());
  }

  /** Closes the connection. Pending requests fail with a ClientClosedError. The next send connects again. */
  async close(): Promise<void> {
    const { opening } = this;
    this.opening = undefined;
    this.connection = undefined;
    this.requests.failAll(new ClientClosedError());
    const connection = await opening?.catch(() => undefined);
    await connection?.close();
    if (!this.opening) this._status$.next('disconnected');
  }

  override on<EventKey extends keyof ServiceBusClientProxyEvents>(
    _event: EventKey,
    listener: ServiceBusClientProxyEvents[EventKey],
  ): void {
    this.errorListeners.push(listener);
  }

  /** The SDK's client. */
  unwrap<T>(): T {
    if (!this.connection) throw new Error('the client is not connected yet: call connect() first');
    return this.connection.client as T;
  }

  protected override publish(packet: ReadPacket<unknown>, answer: Answer): () => void {
    let request: PendingRequest | undefined;
    try {
      const { senders, replies, brokerClock } = this.connected();
      if (!replies) {
        throw new ServiceBusConfigurationError(['ServiceBusClientProxy: send() needs the option replyQueue']);
      }
      const { entity, subject } = findDestination(packet.pattern, this.options);
      const requestId = randomUUID();
      const built = buildMessage(packet, subject, brokerClock.now());
      const message = toRequest(built, requestId, replies);
      const wire = this.wireFor(packet);
      const pending = (request = this.requests.add(requestId, entity, answer, wire));
      const sender = senders.get(entity);
      const sent = wire ? this.write(message, packet, entity, wire, sender) : sender.send(message);
      sent.catch((error: unknown) => pending.fail(error));
    } catch (error) {
      if (request) request.fail(error);
      else answer({ err: error });
    }
    return () => request?.end();
  }

  protected override async dispatchEvent<T>(packet: ReadPacket<unknown>): Promise<T> {
    const { entity, subject } = findDestination(packet.pattern, this.options);
    const { senders, brokerClock } = this.connected();
    const message = buildMessage(packet, subject, brokerClock.now());
    const wire = this.wireFor(packet);
    const sender = senders.get(entity);
    await (wire ? this.write(message, packet, entity, wire, sender) : sender.send(message));
    return undefined as T;
  }

  private wireFor({ data }: ReadPacket<unknown>): Wire | undefined {
    const own = data instanceof ServiceBusRecord ? data.wire : undefined;
    return own ? wireOf([own, this.options]) : this.wire;
  }

  /** Formats may take their time: messages to one entity leave in the order of the calls all the same. */
  private async write(
    message: ServiceBusMessage,
    { data }: ReadPacket<unknown>,
    entity: string,
    { formats, compressions }: Wire,
    sender: CoalescingSender,
  ): Promise<void> {
    const declared = data instanceof ServiceBusRecord ? data.wire?.type : undefined;
    const about = {
      type: declared ?? message.subject ?? entity,
      destination: entity,
      request: undefined,
    };
    const writing = { format: formats[0], compression: compressions[0], about };
    await sender.send(await this.turns.take(entity, writePayload(message, writing)));
  }

  private open(): Promise<ClientConnection> {
    const opening = ClientConnection.open(this.options, this.listener);
    this.opening = opening;
    // Runs before the continuations of all who await `opening`. A close() in between makes the result stale.
    opening.then(
      (connection) => {
        if (this.opening !== opening) return;
        this.connection = connection;
        this._status$.next('connected');
      },
      () => {
        if (this.opening === opening) this.opening = undefined;
      },
    );
    return opening;
  }

  private connected(): ClientConnection {
    if (!this.connection) throw new ClientClosedError();
    return this.connection;
  }

  /** A listener that throws must not stop what is done about the error. */
  private tell(listener: ServiceBusClientProxyEvents['error'], error: Error): void {
    try {
      listener(error);
    } catch (cause) {
      this.logger.error(`an error listener failed: ${describeError(cause)}`);
    }
  }

  private readonly listener: ReplyListener = {
    reply: (message) => this.requests.receive(message),
    receiving: () => {
      if (this.isFailing) this.logger.log(`${this.options.replyQueue}: receives replies again`);
      this.isFailing = false;
      if (this.connection) this._status$.next('connected');
    },
    failing: (error) => {
      // The attempts go on: log one line, not one per attempt.
      if (!this.isFailing) {
        this.logger.error(`${this.options.replyQueue}: receives no replies: ${error.message}`);
      }
      this.isFailing = true;
      this._status$.next('disconnected');
      for (const listener of this.errorListeners) this.tell(listener, error);
    },
  };
}

function toRequest(message: ServiceBusMessage, requestId: string, replies: ReplySource): ServiceBusMessage {
  const request: ServiceBusMessage = {
    ...message,
    correlationId: message.correlationId ?? requestId,
    replyTo: replies.replyTo,
    applicationProperties: { ...message.applicationProperties, [REQUEST_ID]: requestId },
  };
  if (replies.replyToSessionId !== undefined) request.replyToSessionId = replies.replyToSessionId;
  return request;
}
