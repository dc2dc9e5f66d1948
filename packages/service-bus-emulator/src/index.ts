export { type AuthorizationRule } from './model/entity/authorization-rule.js';
export { type EmulatorOptions } from './emulator-options.js';
export { type Emulator } from './emulator.js';
export { type Entities, type SubscriptionEntry, type TopicEntry } from './entities.js';
export { type EntityInspection, type InspectedMessage, type MessageCounts } from './entity-inspection.js';
export { type Faults } from './amqp/faults/faults.js';
export { ManualClock } from './clock/manual-clock.js';
export { readEntities } from './config/read-entities.js';
export { startEmulator } from './start-emulator.js';
