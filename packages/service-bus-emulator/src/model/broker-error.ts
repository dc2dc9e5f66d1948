/** The AMQP conditions under which Service Bus refuses something; the SDKs map them to their error codes. */
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

/** A refusal by the broker: translated to a wire error at the edge, and nowhere else. */
export class BrokerError extends Error {
  override readonly name = 'BrokerError';

  constructor(
    readonly condition: ErrorCondition,
    message: string,
  ) {
    super(message);
  }
}

/** The wording is part of the protocol: the SDKs recognise a missing entity by this text. */
export function entityNotFound(address: string): BrokerError {
  return new BrokerError('amqp:not-found', `The messaging entity '${address}' could not be found.`);
}

/** The entity's status forbids what was asked for. */
export function entityDisabled(address: string): BrokerError {
  return new BrokerError(
    'com.microsoft:entity-disabled',
    `The messaging entity '${address}' is currently disabled.`,
  );
}

/** The name is taken. */
export function entityAlreadyExists(address: string): BrokerError {
  return new BrokerError(
    'com.microsoft:entity-already-exists',
    `The messaging entity '${address}' already exists.`,
  );
}

/** What was asked for can never be done, whatever the state of things. */
export function argumentError(message: string): BrokerError {
  return new BrokerError('com.microsoft:argument-error', message);
}

/** The lock has ended, or there never was such a one. */
export function messageLockLost(): BrokerError {
  return new BrokerError(
    'com.microsoft:message-lock-lost',
    'The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue.',
  );
}

/** Nobody holds the session any more. */
export function sessionLockLost(sessionId: string): BrokerError {
  return new BrokerError(
    'com.microsoft:session-lock-lost',
    `The session lock was lost on session '${sessionId}'. Request a new session receiver.`,
  );
}

/** There is no message of this number in the state that was asked for. */
export function messageNotFound(sequenceNumber: number): BrokerError {
  return new BrokerError(
    'com.microsoft:message-not-found',
    `Failed to find the message with sequence number ${sequenceNumber} in the entity.`,
  );
}
