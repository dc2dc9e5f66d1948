/** The AMQP error conditions of Service Bus; the SDKs map them to their error codes. */
export type ErrorCondition =
  | 'amqp:internal-error'
  | 'amqp:not-allowed'
  | 'amqp:not-found'
  | 'amqp:not-implemented'
  | 'amqp:resource-limit-exceeded'
  | 'amqp:unauthorized-access'
  | 'amqp:decode-error'
  | 'amqp:connection:forced'
  | 'amqp:link:detach-forced'
  | 'amqp:link:message-size-exceeded'
  | 'com.microsoft:argument-error'
  | 'com.microsoft:auth-failed'
  | 'com.microsoft:entity-already-exists'
  | 'com.microsoft:entity-disabled'
  | 'com.microsoft:entity-not-found'
  | 'com.microsoft:message-lock-lost'
  | 'com.microsoft:message-not-found'
  | 'com.microsoft:server-busy'
  | 'com.microsoft:session-cannot-be-locked'
  | 'com.microsoft:session-lock-lost'
  | 'com.microsoft:timeout';

/** The broker refuses a command. Only the edge translates it, to an error of AMQP or HTTP. */
export class BrokerError extends Error {
  override readonly name = 'BrokerError';

  constructor(
    readonly condition: ErrorCondition,
    message: string,
    /** The message for a client that knows the namespace by this host name, if it names an entity's URL. */
    private readonly located?: (host: string) => string,
  ) {
    super(message);
  }

  /** Returns the message for a client that knows the namespace by this host name. */
  textAt(host: string): string {
    return this.located?.(host) ?? this.message;
  }
}

/** This text is part of the protocol: the SDKs recognise a missing entity by it. */
export function entityNotFound(address: string): BrokerError {
  const text = (entity: string): string => `The messaging entity '${entity}' could not be found.`;
  return new BrokerError('amqp:not-found', text(address), (host) => text(`sb://${host}/${address}`));
}

/** The entity's status forbids the operation. */
export function entityDisabled(address: string): BrokerError {
  return new BrokerError(
    'com.microsoft:entity-disabled',
    `The messaging entity '${address}' is currently disabled.`,
  );
}

/** An entity of this name exists. */
export function entityAlreadyExists(address: string): BrokerError {
  return new BrokerError(
    'com.microsoft:entity-already-exists',
    `The messaging entity '${address}' already exists.`,
  );
}

/** The request is invalid, whatever the state of the namespace. */
export function argumentError(message: string): BrokerError {
  return new BrokerError('com.microsoft:argument-error', message);
}

/** The lock has ended or never existed. */
export function messageLockLost(): BrokerError {
  return new BrokerError(
    'com.microsoft:message-lock-lost',
    'The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue.',
  );
}

/** Nobody holds the session. */
export function sessionLockLost(sessionId: string): BrokerError {
  return new BrokerError(
    'com.microsoft:session-lock-lost',
    `The session lock was lost on session '${sessionId}'. Request a new session receiver.`,
  );
}

/** No message of this sequence number is in the requested state. */
export function messageNotFound(sequenceNumber: number): BrokerError {
  return new BrokerError(
    'com.microsoft:message-not-found',
    `Failed to find the message with sequence number ${sequenceNumber} in the entity.`,
  );
}
