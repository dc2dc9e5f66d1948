export {
  createServiceBusBatchContext,
  createServiceBusContext,
  type TestServiceBusBatchContext,
} from './testing/create-service-bus-context.js';
export { type Settlement } from './delivery/settlement.js';
export { type AdvanceOptions, TestClock } from './testing/test-clock.js';
export {
  type DeadLetteredMessage,
  type HandledMessage,
  type RetriedMessage,
  type SentMessage,
} from './testing/recorder.js';
export { type Recording, UnexpectedMessagesError, type Wanted } from './testing/recording.js';
export { ServiceBusTestbed } from './testing/service-bus-testbed.js';
export {
  type ServiceBusTestbedOptions,
  type TestedConnection,
  type TestedConnectionOptions,
  type TestBroker,
} from './testing/testbed-options.js';
export {
  type TestBindingOptions,
  type TestContextOptions,
  type TestMessageOptions,
  type TestServiceBusContext,
} from './testing/test-service-bus-context.js';
