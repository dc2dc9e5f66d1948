import { type ServiceBusReceivedMessage, type ServiceBusReceiver } from '@azure/service-bus';
import rhea from 'rhea';

import { type LinkDelivery } from '../../src/sdk/fast-lane/link-delivery.js';

type Listener = (context: { readonly delivery?: LinkDelivery }) => void;

/** rhea's state of a receiving session, as far as a lane uses it. */
class Session {
  readonly local = { channel: 0 };
  readonly links: Record<string, ReceivingLink> = {};
  readonly held: LinkDelivery[] = [];
  readonly incoming = {
    deliveries: {
      push: (delivery: LinkDelivery) => void this.held.push(delivery),
      by_id: (id: number) => this.held.find((delivery) => delivery.id === id),
    },
    updated: [] as LinkDelivery[],
    next_transfer_id: 0,
    next_delivery_id: undefined as number | undefined,
  };

  on_transfer(_frame: unknown): void {
    throw new Error('came to rhea');
  }

  on_disposition(_frame: unknown): void {
    throw new Error('came to rhea');
  }

  _process(): void {
    for (const link of Object.values(this.links)) link.write();
  }
}

/** Both ends of an open link: records what a lane does, and sends what a broker would. */
export class ReceivingLink {
  credit = 0;
  delivery_count = 0;
  issue_flow = false;
  drain = false;
  isOpen = true;
  readonly local = { attach: { rcv_settle_mode: 1 } };
  readonly session = new Session();
  readonly connection = {
    local_channel_map: { 0: this.session },
    registered: false,
    _register: (): void => {
      if (this.connection.registered) return;
      this.connection.registered = true;
      process.nextTick(() => this.connection._process());
    },
    _process: (): void => this.session._process(),
  };
  /** The credit of each flow frame that the broker got. */
  readonly flows: number[] = [];
  readonly events: { name: string; context: Record<string, unknown> }[] = [];
  /** What the broker still does when it is asked for the link's credit. */
  beforeDrained = (): void => undefined;
  private readonly listeners = new Map<string, Set<Listener>>();
  private nextId = 0;

  constructor() {
    this.session.links['link'] = this;
  }

  /** The SDK's receiver on this link; `handlers` are those passed to `subscribe`. */
  receiver(): ServiceBusReceiver & { handlers?: { postInitialize(): Promise<void> } } {
    const receiver = {
      _streamingReceiver: { link: { _link: this } },
      handlers: undefined as unknown,
      subscribe: (handlers: unknown) => {
        receiver.handlers = handlers;
        return { close: () => Promise.resolve() };
      },
      abandonMessage: (_message: ServiceBusReceivedMessage) => Promise.resolve(),
      close: () => Promise.resolve(),
    };
    return receiver as unknown as ServiceBusReceiver;
  }

  is_open(): boolean {
    return this.isOpen;
  }

  is_remote_open(): boolean {
    return this.isOpen;
  }

  dispatch(name: string, context: Record<string, unknown>): boolean {
    this.events.push({ name, context });
    return true;
  }

  _context(fields: object): object {
    return fields;
  }

  on(event: string, listener: Listener): void {
    this.listeners.set(event, (this.listeners.get(event) ?? new Set()).add(listener));
  }

  removeListener(event: string, listener: Listener): void {
    this.listeners.get(event)?.delete(listener);
  }

  drain_credit(): void {
    this.drain = true;
    queueMicrotask(() => this.giveCreditBack());
  }

  add_credit(credit: number): void {
    this.credit += credit;
    this.issue_flow = true;
  }

  write(): void {
    if (this.issue_flow) this.flows.push(this.credit);
    this.issue_flow = false;
  }

  /** Delivers a message, one transfer per part. */
  deliver(
    parts: readonly Buffer[] = [encoded()],
    { more = [true, false] as readonly unknown[], id = this.nextId } = {},
  ): void {
    parts.forEach((payload, index) => {
      const isLast = index === parts.length - 1;
      const values = [0, id, Buffer.alloc(16, id), 0, undefined, isLast ? more[1] : more[0]];
      const performative = { value: values.map((value) => ({ value })) };
      this.session.on_transfer({ performative, payload });
    });
    this.nextId = id + 1;
  }

  /** rhea tells of it before it takes the credit back, and after. */
  private giveCreditBack(): void {
    this.beforeDrained();
    this.emit('receiver_flow');
    this.credit = 0;
    this.emit('receiver_drained');
  }

  private emit(event: string): void {
    for (const listener of [...(this.listeners.get(event) ?? [])]) listener({});
  }

  /** Answers a settlement as the broker would. */
  answer(first: number, last = first, settled = true): void {
    const state = (rhea.message as unknown as { accepted(): { described(): unknown } })
      .accepted()
      .described();
    this.session.on_disposition({ performative: { role: false, first, last, settled, state } });
  }
}

/** A plain message as it arrives. */
export function encoded(body = Buffer.from('1')): Buffer {
  return rhea.message.encode({ body: rhea.message.data_section(body) as unknown });
}
