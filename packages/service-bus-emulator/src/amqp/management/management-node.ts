import { type Message } from 'rhea';

import { BrokerError, type ErrorCondition } from '../../model/broker-error.js';
import { toAmqpError } from '../amqp-error.js';
import { type ConnectionContext } from '../context.js';
import { batchDeleteMessages } from './batch-delete-messages.js';
import { cancelScheduledMessage } from './cancel-scheduled-message.js';
import { type Operation, toReply } from './management-request.js';
import { peekMessage } from './peek-message.js';
import { receiveBySequenceNumber } from './receive-by-sequence-number.js';
import { renewLock } from './renew-lock.js';
import { addRule, enumerateRules, removeRule } from './rules.js';
import { scheduleMessage } from './schedule-message.js';
import { getMessageSessions, getSessionState, renewSessionLock, setSessionState } from './sessions.js';
import { updateDisposition } from './update-disposition.js';

// What only senders need; everything else, rules included, is for those who listen.
// [Azure.Messaging.ServiceBus, ServiceBusRuleManager: it needs Listen claims only]
const OF_SENDERS: ReadonlySet<string> = new Set(['schedule-message', 'cancel-scheduled-message']);

const OPERATIONS = new Map<string, Operation>([
  ['renew-lock', renewLock],
  ['peek-message', peekMessage],
  ['schedule-message', scheduleMessage],
  ['cancel-scheduled-message', cancelScheduledMessage],
  ['receive-by-sequence-number', receiveBySequenceNumber],
  ['update-disposition', updateDisposition],
  ['renew-session-lock', renewSessionLock],
  ['set-session-state', setSessionState],
  ['get-session-state', getSessionState],
  ['get-message-sessions', getMessageSessions],
  ['add-rule', addRule],
  ['remove-rule', removeRule],
  ['enumerate-rules', enumerateRules],
  ['batch-delete-messages', batchDeleteMessages],
]);

const STATUS: Partial<Record<ErrorCondition, number>> = {
  'amqp:not-found': 404,
  'amqp:not-allowed': 400,
  'amqp:not-implemented': 501,
  'amqp:unauthorized-access': 401,
  'amqp:resource-limit-exceeded': 403,
  'amqp:internal-error': 500,
  'com.microsoft:argument-error': 400,
  'com.microsoft:entity-already-exists': 409,
  'com.microsoft:entity-disabled': 400,
  'com.microsoft:entity-not-found': 404,
  'com.microsoft:message-lock-lost': 410,
  'com.microsoft:message-not-found': 404,
  'com.microsoft:server-busy': 503,
  'com.microsoft:session-cannot-be-locked': 409,
  'com.microsoft:session-lock-lost': 410,
  'com.microsoft:timeout': 408,
};

/** The management node of one entity: answers each request with one reply. */
export class ManagementNode {
  readonly address: string;

  constructor(
    nodeAddress: string,
    private readonly context: ConnectionContext,
  ) {
    this.address = nodeAddress.replace(/\/\$management$/i, '');
  }

  answer(request: Message, send: (reply: Message) => void): void {
    const reply = this.#perform(request);
    this.context.whenDurable(() => this.context.faults.delayAnswer(this.address, () => send(reply)));
  }

  #perform(request: Message): Message {
    const { context, address } = this;
    const properties = (request.application_properties ?? {}) as Record<string, unknown>;
    const operation = String(properties['operation']).replace(/^com\.microsoft:/, '');
    try {
      const perform = OPERATIONS.get(operation);
      if (!perform)
        throw new BrokerError('amqp:not-implemented', `The operation '${operation}' is not supported.`);
      context.claims.authorize(`${address}/$management`, OF_SENDERS.has(operation) ? 'Send' : 'Listen');
      context.credits.assertLeft();
      const body = (request.body ?? {}) as Record<string, unknown>;
      return toReply(request, perform({ address, operation, body, context }));
    } catch (error) {
      const { condition, description } = toAmqpError(error, context);
      return toReply(request, { status: STATUS[condition as ErrorCondition] ?? 500, condition, description });
    }
  }
}
