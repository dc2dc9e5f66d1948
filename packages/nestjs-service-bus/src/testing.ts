export { type AdvanceOptions, TestClock } from './testing/test-clock.js';
export {
  type DeadLetteredMessage,
  type HandledMessage,
  type RetriedMessage,
  type SentMessage,
} from './testing/recorder.js';
export { type Recording, type Wanted } from './testing/recording.js';
export { ServiceBusTestbed } from './testing/service-bus-testbed.js';
export { type ServiceBusTestbedOptions, type TestBroker } from './testing/testbed-options.js';
