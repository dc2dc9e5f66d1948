import { type Namespace } from '../../../../src/model/namespace/namespace.js';
import { type OracleSettings } from './oracle-queue.js';

/** The duplicate detection window of the entity `unique`, in milliseconds. */
export const UNIQUE_WINDOW_MS = 50;

/** The default settings of an entity. */
export const usual: OracleSettings = {
  lockDurationMs: 30,
  maxDeliveryCount: 3,
  timeToLiveMs: Infinity,
  deadLettersExpired: false,
  status: 'Active',
  forwardTo: undefined,
  forwardDeadLettersTo: undefined,
};

/** The entities that model and oracle both have. */
export const ENTITIES: Record<
  string,
  OracleSettings & { hasSessions?: boolean; isUnique?: boolean; isPartitioned?: boolean }
> = {
  plain: { ...usual, deadLettersExpired: true },
  brief: { ...usual, timeToLiveMs: 40, forwardDeadLettersTo: 'plain' },
  unique: { ...usual, lockDurationMs: 17, isUnique: true },
  source: { ...usual, forwardTo: 'plain' },
  sessions: { ...usual, hasSessions: true },
  'brief-sessions': { ...usual, hasSessions: true, timeToLiveMs: 60, deadLettersExpired: true },
  spread: { ...usual, isPartitioned: true, deadLettersExpired: true },
  'spread-sessions': { ...usual, isPartitioned: true, hasSessions: true },
  'events/Subscriptions/all': { ...usual, lockDurationMs: 23 },
  'events/Subscriptions/red': { ...usual, timeToLiveMs: 70 },
  'events/Subscriptions/passing': { ...usual, forwardTo: 'brief' },
};
/** The topic of those entities that are subscriptions. */
export const TOPIC = 'events';
/** Where messages can be sent to. */
export const TARGETS = [
  'plain',
  'brief',
  'unique',
  'source',
  'sessions',
  'brief-sessions',
  'spread',
  'spread-sessions',
  TOPIC,
];

/** Creates in a namespace the entities that the oracle has from the start. */
export function createEntities(namespace: Namespace): void {
  namespace.createTopic(0, { name: TOPIC });
  for (const [address, settings] of Object.entries(ENTITIES)) {
    const options = {
      lockDurationMs: settings.lockDurationMs,
      maxDeliveryCount: settings.maxDeliveryCount,
      defaultMessageTimeToLiveMs: settings.timeToLiveMs,
      deadLetteringOnMessageExpiration: settings.deadLettersExpired,
      requiresSession: settings.hasSessions === true,
      forwardTo: settings.forwardTo,
      forwardDeadLetteredMessagesTo: settings.forwardDeadLettersTo,
    };
    const [topicName = '', , name] = address.split('/');
    if (name === undefined) {
      namespace.createQueue(0, {
        name: address,
        ...options,
        enablePartitioning: settings.isPartitioned === true,
        requiresDuplicateDetection: settings.isUnique === true,
        duplicateDetectionHistoryTimeWindowMs: UNIQUE_WINDOW_MS,
      });
      continue;
    }
    const subscription = namespace.createSubscription(0, { topicName, name, ...options });
    if (name !== 'red') continue;
    subscription.removeRule('$Default');
    subscription.addRule(0, { name: 'red', filter: { kind: 'sql', expression: "colour = 'red'" } });
  }
}
