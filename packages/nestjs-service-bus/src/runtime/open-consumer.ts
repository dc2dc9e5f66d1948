import { type LockRenewer } from '../delivery/lock-renewer.js';
import { type BindingRuntime } from '../message/binding-runtime.js';
import { Consumer } from '../receive/consumer.js';
import { type ConsumerObserver } from '../receive/health/receiving-state.js';
import { SessionConsumer } from '../receive/sessions/session-consumer.js';
import { type ClientSource } from '../sdk/index.js';

/** What receives for a binding, with or without sessions. */
export type BindingConsumer = Consumer | SessionConsumer;

/** Makes what receives for the binding of this runtime; it is not started. */
export function openConsumer(
  clients: ClientSource,
  locks: LockRenewer,
  runtime: BindingRuntime,
  observer: ConsumerObserver,
): BindingConsumer {
  const { sessions } = runtime.binding;
  return sessions
    ? new SessionConsumer(clients, sessions, locks, runtime, observer)
    : new Consumer(clients, locks, runtime, observer);
}
