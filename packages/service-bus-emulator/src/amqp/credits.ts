import { type Broker } from '../model/namespace/broker.js';

/** The credits of a namespace; the model itself spends them on filters. */
export interface Credits {
  /** @throws BrokerError server-busy (50009) if none are left in this second */
  assertLeft(): void;
  /** A message sent, received or peeked costs one. */
  spend(messages: number): void;
}

/** Returns the credits of a namespace, which are never used up unless it is throttled. */
export function creditsOf({ clock, namespace }: Broker): Credits {
  const { throttle } = namespace.context;
  return {
    assertLeft: () => throttle?.assertCredits(clock.now()),
    spend: (messages) => throttle?.spend(clock.now(), messages),
  };
}
