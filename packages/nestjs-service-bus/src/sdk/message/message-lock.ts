import { type ServiceBusReceivedMessage, type ServiceBusReceiver } from '@azure/service-bus';

import { errorCode } from '../error-code.js';
import { completeOnLink } from './complete-on-link.js';
import { settleAlone } from './settle-alone.js';
import { type Settler } from './settler.js';

type Properties = Parameters<ServiceBusReceiver['abandonMessage']>[1];
type DeadLetterOptions = Parameters<ServiceBusReceiver['deadLetterMessage']>[1];

/** Is called when the broker has settled a message. */
type Settled = () => void;
/** Is called with the broker's refusal, or when its answer does not come. */
type Refused = (error: Error) => void;

/**
 * The lock of one message: settles and renews it on the link that the message arrived on, and through `$management`
 * once that link is lost or has refused. It answers by callbacks: one more promise for each message would cost.
 */
export class MessageLock {
  /** The message in the form that makes the SDK take the right way. */
  private handle: ServiceBusReceivedMessage;
  /** A settlement on its link got no answer, and was made elsewhere: rhea keeps the delivery's place until there is one. */
  isUnansweredOnLink = false;

  constructor(
    message: ServiceBusReceivedMessage,
    private settler: Settler,
  ) {
    // On an entity without sessions a session id is a property like any other; the SDK takes it for a lock.
    const isPlain = message.sessionId === undefined || settler.isOfSession;
    this.handle = isPlain ? message : copyWith(message, { sessionId: undefined });
  }

  renew(): Promise<Date> {
    return this.settler.receiver.renewMessageLock(this.handle);
  }

  complete(settled: Settled, refused: Refused): void {
    const { handle, settler } = this;
    const onRefusal = this.leavingLink(refused);
    if (settler.usesFastLane && completeOnLink(handle, settled, onRefusal)) return;
    settler.receiver.completeMessage(handle).then(settled, onRefusal);
  }

  abandon(properties: Properties, settled: Settled, refused: Refused): void {
    const { handle, settler } = this;
    settleAlone(() => settler.receiver.abandonMessage(handle, properties)).then(
      settled,
      this.leavingLink(refused),
    );
  }

  defer(properties: Properties, settled: Settled, refused: Refused): void {
    const { handle, settler } = this;
    settleAlone(() => settler.receiver.deferMessage(handle, properties)).then(
      settled,
      this.leavingLink(refused),
    );
  }

  deadLetter(options: DeadLetterOptions, settled: Settled, refused: Refused): void {
    const { handle, settler } = this;
    settleAlone(() => settler.receiver.deadLetterMessage(handle, options)).then(
      settled,
      this.leavingLink(refused),
    );
  }

  /** The link is lost: from now on this settler settles and renews the message, through `$management`. */
  moveTo(settler: Settler): void {
    this.settler = settler;
    this.leaveLink();
  }

  private leavingLink(refused: Refused): Refused {
    return (error) => {
      // A refusal settles the delivery as well [AMQP 2.6.12]: on its link the SDK would refuse for ever, while the
      // lock is still renewed. And a link that has not answered may never do so.
      if (isSettledOnLink(this.handle)) this.leaveLink();
      else if (errorCode(error) === 'ServiceTimeout') {
        this.isUnansweredOnLink = true;
        this.leaveLink();
      }
      refused(error);
    };
  }

  /** A message whose delivery has no link the SDK settles through `$management`, as it does deferred ones. */
  private leaveLink(): void {
    this.handle = copyWith(this.handle, { delivery: {} });
  }
}

/** The SDK keeps rhea's delivery with each message that arrived on a link. */
function isSettledOnLink(message: ServiceBusReceivedMessage): boolean {
  const { delivery } = message as { delivery?: { remote_settled?: boolean } };
  return delivery?.remote_settled === true;
}

function copyWith(message: ServiceBusReceivedMessage, fields: object): ServiceBusReceivedMessage {
  const copy = Object.create(Object.getPrototypeOf(message) as object) as object;
  return Object.assign(copy, message, fields);
}
