import {
  type Connection,
  type Delivery,
  type EventContext,
  type link as Link,
  type Receiver,
  type Sender,
  type Session,
} from 'rhea';

/** Events of a connection, for its owner. */
export interface ConnectionEvents {
  opened(): void;
  sessionOpened(session: Session): void;
  sessionClosed(session: Session): void;
  /** The client attaches a sending link. */
  senderAttached(link: Receiver): void;
  /** The client attaches a receiving link. */
  receiverAttached(link: Sender): void;
  flowed(link: Sender): void;
  received(link: Receiver, bytes: Buffer, format: number | undefined, delivery: Delivery): void;
  linkClosed(link: Link): void;
  /** The client has sent what the protocol does not allow. */
  failed(error: unknown): void;
  gone(): void;
}

/** Reported by the client, or a consequence of the end of its connection. */
const REPORTED = ['connection_error', 'session_error', 'sender_error', 'receiver_error'] as const;

/** Translates rhea's events. rhea names links from the broker's side, the emulator from the client's. */
export function listenToConnection(connection: Connection, events: ConnectionEvents): void {
  const on = (event: string, listener: (context: EventContext) => void): void => {
    connection.on(event, listener as never);
  };
  on('connection_open', () => events.opened());
  on('session_open', ({ session }) => session && events.sessionOpened(session));
  on('session_close', ({ session }) => session && events.sessionClosed(session));
  on('receiver_open', ({ receiver }) => receiver && events.senderAttached(receiver));
  on('sender_open', ({ sender }) => sender && events.receiverAttached(sender));
  on('sender_flow', ({ sender }) => sender && events.flowed(sender));
  on('sender_close', ({ sender }) => sender && events.linkClosed(sender));
  on('receiver_close', ({ receiver }) => receiver && events.linkClosed(receiver));
  on('message', (context) => {
    const { receiver, message, delivery, format } = context as EventContext & { format?: number };
    if (receiver && delivery) events.received(receiver, message as unknown as Buffer, format, delivery);
  });
  on('connection_close', () => events.gone());
  on('disconnected', () => events.gone());
  on('error', (error) => events.failed(error));
  on('protocol_error', (error) => events.failed(error));
  // Without listeners these events would end the process. What they concern ends after each of them anyway.
  for (const event of REPORTED) on(event, () => undefined);
}
