import { ServiceBusError, type ServiceBusReceivedMessage } from '@azure/service-bus';

/** The part that we use of rhea's delivery, which the SDK keeps with each message that arrived on a link. */
interface LinkDelivery {
  readonly link?: Link | undefined;
  readonly remote_settled?: boolean;
  readonly remote_state?: { readonly error?: BrokerRefusal } | undefined;
  /** On the fast lane: called with the answer, without an event of the link. */
  onAnswer?: (delivery: LinkDelivery) => void;
  accept(): void;
}

interface Link {
  is_open(): boolean;
  on(event: 'settled', listener: (context: { readonly delivery?: LinkDelivery }) => void): void;
}

interface BrokerRefusal {
  readonly condition?: string;
  readonly description?: string;
}

interface Pending {
  readonly sinceMs: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * The link was closed before the broker answered. What the broker says on a closed link about a lock proves nothing,
 * the lock may live on: complete the message through `$management`.
 */
class LinkClosedError extends Error {
  override readonly name = 'LinkClosedError';

  constructor() {
    super('the link was closed before the completion');
  }
}

/** As long as the SDK waits. */
const TIMEOUT_MS = 60_000;

const CODE_OF: Readonly<Record<string, ServiceBusError['code']>> = {
  'com.microsoft:message-lock-lost': 'MessageLockLost',
  'com.microsoft:session-lock-lost': 'SessionLockLost',
  'com.microsoft:server-busy': 'ServiceBusy',
  'amqp:unauthorized-access': 'UnauthorizedAccess',
};

/**
 * The completions under way on one link. The SDK makes a span, a retry loop and a timer for each message, a tenth of
 * all that a message costs; here one timer watches over all of them.
 */
class LinkCompletions {
  private readonly pending = new Map<LinkDelivery, Pending>();
  private timer?: NodeJS.Timeout;
  private readonly self = new WeakRef(this);

  constructor(private readonly link: Link) {
    link.on('settled', ({ delivery }) => delivery && this.answered(delivery));
  }

  complete(delivery: LinkDelivery, resolve: () => void, reject: (error: Error) => void): void {
    this.pending.set(delivery, { sinceMs: performance.now(), resolve, reject });
    if ('onAnswer' in delivery) delivery.onAnswer = this.answered;
    delivery.accept();
    this.timer ??= sweepLater(this.self, TIMEOUT_MS);
  }

  private readonly answered = (delivery: LinkDelivery): void => {
    // A disposition that settles nothing yet is no answer [AMQP 2.6.12].
    const pending = delivery.remote_settled ? this.pending.get(delivery) : undefined;
    if (!pending) return;
    this.pending.delete(delivery);
    const refusal = delivery.remote_state?.error;
    if (refusal) pending.reject(this.link.is_open() ? toError(refusal) : new LinkClosedError());
    else pending.resolve();
  };

  sweep(): void {
    this.timer = undefined;
    const now = performance.now();
    // The oldest comes first.
    for (const [delivery, { sinceMs, reject }] of this.pending) {
      if (sinceMs + TIMEOUT_MS > now) {
        this.timer = sweepLater(this.self, sinceMs + TIMEOUT_MS - now);
        return;
      }
      this.pending.delete(delivery);
      reject(new ServiceBusError('the broker has not answered the completion', 'ServiceTimeout'));
    }
  }
}

/** A link that is closed goes at once, with all that it leads to: whoever waits for an answer on it holds it. */
function sweepLater(completions: WeakRef<LinkCompletions>, delayMs: number): NodeJS.Timeout {
  return setTimeout(() => completions.deref()?.sweep(), delayMs).unref();
}

const COMPLETIONS = new WeakMap<Link, LinkCompletions>();

/**
 * Completes a message on the link that it arrived on; calls `resolve` once the broker has completed it, or `reject`
 * with a ServiceBusError. Returns false where that is not possible: leave the message to the SDK then, which completes
 * it through `$management` if its link is closed.
 */
export function completeOnLink(
  message: ServiceBusReceivedMessage,
  resolve: () => void,
  reject: (error: Error) => void,
): boolean {
  const { delivery } = message as { delivery?: Partial<LinkDelivery> };
  if (!isOnOpenLink(delivery)) return false;
  let completions = COMPLETIONS.get(delivery.link);
  if (!completions) {
    completions = new LinkCompletions(delivery.link);
    COMPLETIONS.set(delivery.link, completions);
  }
  completions.complete(delivery, resolve, reject);
  return true;
}

function isOnOpenLink(
  delivery: Partial<LinkDelivery> | undefined,
): delivery is LinkDelivery & { readonly link: Link } {
  const link = delivery?.link;
  return (
    typeof link?.is_open === 'function' &&
    typeof delivery?.accept === 'function' &&
    !delivery.remote_settled &&
    link.is_open()
  );
}

function toError({ condition = '', description = '' }: BrokerRefusal): ServiceBusError {
  return new ServiceBusError(description || condition, CODE_OF[condition] ?? 'GeneralError');
}
