import { type Broker } from '../model/namespace/broker.js';
import { Throttle } from '../model/namespace/throttle.js';

// [Service Bus throttling, Standard tier]
const CREDITS_PER_SECOND = 1_000;

/** The credits of a namespace, spent by messages and by the filters that are evaluated for them. */
export interface Credits {
  /** @throws BrokerError server-busy (50009) if none are left in this second */
  assertLeft(): void;
  /** A message sent, received or peeked costs one, a filter evaluated since the last call as well. */
  spend(messages: number): void;
}

/** Credits that are never used up. */
export const unlimitedCredits: Credits = { assertLeft: () => undefined, spend: () => undefined };

/** The credits of a throttled namespace; each second has its own. */
export function limitedCredits({ clock, namespace }: Broker): Credits {
  const throttle = new Throttle(CREDITS_PER_SECOND);
  let evaluations = 0;
  return {
    assertLeft: () => throttle.assertCredits(clock.now()),
    spend: (messages) => {
      const { filterEvaluations } = namespace.context;
      throttle.spend(clock.now(), messages + filterEvaluations - evaluations);
      evaluations = filterEvaluations;
    },
  };
}
