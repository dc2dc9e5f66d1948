import { type ServiceBusClient } from '@azure/service-bus';

import { SenderPool } from '../send/sender-pool.js';
import { closeClient, ServiceBusConnection } from '../sdk/index.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { BrokerClock } from '../time/broker-clock.js';
import { SYSTEM_CLOCK } from '../time/clock.js';
import { ReplyQueue } from './reply-queue.js';
import { ReplySession } from './reply-session.js';
import { type ReplyListener, type ReplySource } from './reply-source.js';
import { type ServiceBusClientProxyOptions } from './service-bus-client-proxy-options.js';

/** The resources of a connected client proxy. */
export class ClientConnection {
  private constructor(
    readonly client: ServiceBusClient,
    readonly senders: SenderPool,
    readonly replies: ReplySource | undefined,
    /** Learns from replies. */
    readonly brokerClock: BrokerClock,
  ) {}

  /** Resolves when the reply queue, if there is one, is open. Senders connect on their first send. */
  static async open(
    options: ServiceBusClientProxyOptions,
    listener: ReplyListener,
  ): Promise<ClientConnection> {
    const connection = await ServiceBusConnection.create(options);
    const client = connection.createClient();
    const brokerClock = new BrokerClock(SYSTEM_CLOCK);
    const replies = makeReplySource(client, options, listener, brokerClock);
    const sendingClient = connection.createClientOfOneTry();
    const senders = new SenderPool(sendingClient, await Telemetry.find(), connection.retrying);
    const opened = new ClientConnection(client, senders, replies, brokerClock);
    try {
      await replies?.open();
    } catch (error) {
      await opened.close();
      throw error;
    }
    return opened;
  }

  /** Lets pending sends finish, then closes everything; each step has a deadline. */
  async close(): Promise<void> {
    const sent = this.senders.closeWithClient();
    await Promise.all([sent.then(() => closeClient(this.client)), this.replies?.close()]);
  }
}

function makeReplySource(
  client: ServiceBusClient,
  { replyQueue, replyQueueRequiresSession }: ServiceBusClientProxyOptions,
  listener: ReplyListener,
  brokerClock: BrokerClock,
): ReplyQueue | ReplySession | undefined {
  if (replyQueue === undefined) return undefined;
  return replyQueueRequiresSession
    ? new ReplySession(client, replyQueue, listener, brokerClock)
    : new ReplyQueue(client, replyQueue, listener, brokerClock);
}
