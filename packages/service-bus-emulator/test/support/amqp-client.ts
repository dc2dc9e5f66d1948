import { once } from 'node:events';
import { type Socket } from 'node:net';

import rhea, {
  type Connection,
  type ConnectionOptions,
  type Delivery,
  type EventContext,
  type Message,
  type Receiver,
  type ReceiverOptions,
  type Sender,
  type SenderOptions,
} from 'rhea';

import { sasToken } from './sas-token.js';

export interface AmqpReply {
  readonly status: number;
  readonly condition: string | undefined;
  readonly description: string;
  readonly body: unknown;
}

/** An error with which a link was refused or detached. */
export interface LinkError {
  readonly condition: string;
  readonly description: string;
}

/** A client that speaks AMQP by itself, for what the SDK does not do: other SDKs' ways, single bytes, mistakes. */
export class AmqpClient {
  private constructor(
    readonly connection: Connection,
    private readonly host: string,
  ) {}

  static async connect(port: number, options: Partial<ConnectionOptions> = {}): Promise<AmqpClient> {
    const container = rhea.create_container({ reconnect: false });
    const connection = container.connect({
      host: '127.0.0.1',
      port,
      hostname: '127.0.0.1',
      username: 'any',
      ...options,
    } as ConnectionOptions);
    connection.on('disconnected', () => undefined);
    connection.on('connection_error', () => undefined);
    connection.on('error', () => undefined);
    const opened = once(connection, 'connection_open');
    await Promise.race([
      opened,
      once(connection, 'disconnected').then(() => Promise.reject(new Error('disconnected'))),
    ]);
    return new AmqpClient(connection, `sb://127.0.0.1:${port}`);
  }

  get socket(): Socket {
    return this.connection.socket as Socket;
  }

  /** Ends the connection without a goodbye; with an error, or rhea would not see that its socket is gone. */
  cut(): void {
    this.socket.destroy(new Error('cut'));
  }

  async close(): Promise<void> {
    const { socket } = this;
    if (socket.destroyed) return;
    const gone = once(socket, 'close');
    this.connection.close();
    await gone;
  }

  /** Puts a token for an entity, by default one that is right. */
  async putToken(
    entity: string,
    token = sasToken(`${this.host}/${entity}`),
    type = 'servicebus.windows.net:sastoken',
  ): Promise<AmqpReply> {
    const name = `${this.host}/${entity}`;
    return this.#ask('$cbs', { application_properties: { operation: 'put-token', name, type }, body: token });
  }

  /** Asks the management node of an entity, with the token that this takes. */
  async request(entity: string, operation: string, body: unknown): Promise<AmqpReply> {
    await this.putToken(entity);
    return this.#ask(`${entity}/$management`, {
      application_properties: { operation: `com.microsoft:${operation}` },
      body,
    });
  }

  /** Opens a link to send; rejects with a LinkError if it is refused. */
  async sender(address: string, options: SenderOptions = {}): Promise<Sender> {
    const sender = this.connection.create_session();
    sender.begin();
    return this.#attached(sender.open_sender({ target: { address }, autosettle: true, ...options }));
  }

  /** Opens a link to receive, without credit; rejects with a LinkError if it is refused. */
  async receiver(address: string, options: ReceiverOptions = {}): Promise<Receiver> {
    const session = this.connection.create_session();
    session.begin();
    const receiver = session.open_receiver({
      source: { address },
      credit_window: 0,
      autoaccept: false,
      autosettle: false,
      rcv_settle_mode: 1,
      ...options,
    });
    return this.#attached(receiver);
  }

  /** Sends the bytes of an encoded message, and tells what became of it. */
  async send(sender: Sender, bytes: Buffer, format = 0): Promise<LinkError | 'accepted'> {
    const outcome = new Promise<LinkError | 'accepted'>((resolve) => {
      sender.once('accepted', () => resolve('accepted'));
      sender.once('rejected', ({ delivery }: EventContext) =>
        resolve((delivery?.remote_state as unknown as { error: LinkError }).error),
      );
    });
    if (!sender.sendable()) await once(sender, 'sendable');
    sender.send(bytes, undefined, format);
    return outcome;
  }

  /** Receives one message. */
  async receive(receiver: Receiver): Promise<{ message: Message; delivery: Delivery }> {
    const arriving = once(receiver, 'message');
    receiver.add_credit(1);
    const [{ message, delivery }] = (await arriving) as [{ message: Message; delivery: Delivery }];
    return { message, delivery };
  }

  async #attached<L extends Sender | Receiver>(link: L): Promise<L> {
    const kind = link.is_receiver() ? 'receiver' : 'sender';
    link.on(`${kind}_error`, () => undefined);
    await once(link, `${kind}_open`);
    // A refusal follows the attach at once. [AMQP 2.6.3]
    const isRefused = link.is_receiver() ? !link.source?.address : !link.target?.address;
    if (!isRefused) return link;
    if (!link.error) await once(link, `${kind}_close`);
    const { condition, description } = link.error as LinkError;
    throw Object.assign(new Error(description), { condition, description });
  }

  async #ask(address: string, message: Message): Promise<AmqpReply> {
    const session = this.connection.create_session();
    session.begin();
    const replyTo = rhea.generate_uuid();
    const receiver = session.open_receiver({
      source: { address },
      target: { address: replyTo },
      name: replyTo,
    });
    const sender = await this.#attached(session.open_sender({ target: { address } }));
    const answered = once(receiver, 'message');
    sender.send({ message_id: rhea.generate_uuid(), reply_to: replyTo, ...message });
    const [{ message: reply }] = (await answered) as [{ message: Message }];
    session.close();
    const properties = reply.application_properties as Record<string, unknown>;
    return {
      status: (properties['statusCode'] ?? properties['status-code']) as number,
      condition: properties['errorCondition'] as string | undefined,
      description: String(properties['statusDescription'] ?? properties['status-description']),
      body: reply.body as unknown,
    };
  }
}
