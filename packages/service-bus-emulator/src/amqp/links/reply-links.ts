import { type Message, type Sender } from 'rhea';

import { BrokerError } from '../../model/broker-error.js';
import { Fifo } from '../../model/collections/fifo.js';
import { type OutgoingDeliveries } from './outgoing-deliveries.js';
import { messages, privateLink } from '../rhea-private.js';

const TAG = Buffer.from('reply');
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
const MAX_UNPROVED_WAITING_BYTES = 64 * 1024;

/** A client's receiving link on a request-response node; replies wait here for credit. */
export class ReplyLink {
  readonly #waiting = new Fifo<Buffer>();
  #waitingBytes = 0;
  #open = true;

  constructor(
    private readonly link: Sender,
    private readonly deliveries: OutgoingDeliveries,
    private readonly claims: { readonly isProved: boolean },
  ) {}

  send(reply: Message): void {
    if (!this.#open) return;
    const payload = messages.encode(reply);
    this.#waiting.push(payload);
    this.#waitingBytes += payload.length;
    this.flow();
    // A client that sends requests and never reads the replies must not fill the memory.
    if (this.#waitingBytes > (this.claims.isProved ? MAX_WAITING_BYTES : MAX_UNPROVED_WAITING_BYTES)) {
      this.closed();
      this.link.close({
        condition: 'amqp:resource-limit-exceeded',
        description: 'Too many replies wait for credit.',
      });
    }
  }

  flow(): void {
    const link = privateLink(this.link);
    while (link.credit > 0 && this.#waiting.size > 0) {
      link.credit -= 1;
      link.delivery_count += 1;
      const payload = this.#waiting.shift() as Buffer;
      const sent = (): Buffer => {
        this.#waitingBytes -= payload.length;
        return payload;
      };
      const { handle } = link.local;
      this.deliveries.transfer({ handle, tag: TAG, encode: sent, settled: true, isWanted: () => this.#open });
    }
  }

  closed(): void {
    this.#open = false;
    this.#waiting.clear();
  }
}

/** The reply links of one AMQP session, by every name that a request can use for them. */
export class ReplyLinks {
  readonly #byName = new Map<string, ReplyLink>();

  add(link: Sender, reply: ReplyLink): void {
    for (const name of replyNames(link)) this.#byName.set(name, reply);
  }

  remove(link: Sender): void {
    for (const name of replyNames(link)) this.#byName.delete(name);
  }

  /** @throws BrokerError not-found if no link has this name: nobody would ever see the reply */
  find(replyTo: unknown): ReplyLink {
    // A client with one reply link in its session may omit the name.
    const link = typeof replyTo === 'string' ? this.#byName.get(replyTo) : this.#byName.values().next().value;
    if (link) return link;
    const name = typeof replyTo === 'string' ? `'${replyTo}'` : 'of the request';
    throw new BrokerError('amqp:not-found', `The reply-to ${name} names no receiving link of this session.`);
  }
}

function replyNames(link: Sender): string[] {
  const target = (link.target as { address?: unknown } | undefined)?.address;
  return typeof target === 'string' ? [link.name, target] : [link.name];
}
