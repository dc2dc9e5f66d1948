import { isoDurationMs } from '../../time/iso-duration.js';
import { type Settings, type Topology } from '../model/topology.js';
import { armProperties, armRule, inside, ours, ownName } from './arm-properties.js';

// [Microsoft's emulator] The most that it takes; and a lock after which the messages of a killed process come again soon.
const LIMITS: Readonly<Record<string, string | number>> = {
  lockDuration: 'PT1M',
  maxDeliveryCount: 10,
  defaultMessageTimeToLive: 'PT1H',
  duplicateDetectionHistoryTimeWindow: 'PT5M',
};

/** Config.json of Microsoft's emulator, and of ours, within what Microsoft's takes. */
export function toConfigJson(topology: Topology, namespace = 'sbemulatorns'): object {
  const topics = ours(topology, 'topic').map((topic) => ({
    Name: ownName(topic),
    Properties: properties(topic.settings),
    Subscriptions: inside(topology, 'subscription', topic).map((subscription) => ({
      Name: ownName(subscription),
      Properties: properties(subscription.settings),
      ...rulesOf(inside(topology, 'rule', subscription)),
    })),
  }));
  const queues = ours(topology, 'queue').map((queue) => ({
    Name: ownName(queue),
    Properties: properties(queue.settings),
  }));
  return {
    UserConfig: {
      Namespaces: [{ Name: namespace, Queues: queues, Topics: topics }],
      Logging: { Type: 'File' },
    },
  };
}

function rulesOf(rules: ReturnType<typeof inside>): object {
  if (rules.length === 0) return {};
  return {
    Rules: rules.map((rule) => ({ Name: ownName(rule), Properties: inPascalCase(armRule(rule.settings)) })),
  };
}

function properties(settings: Settings): object {
  const limited = Object.entries(armProperties(settings)).map(([name, value]) => [name, limit(name, value)]);
  return inPascalCase(Object.fromEntries(limited) as object);
}

function limit(name: string, value: string | number | boolean): string | number | boolean {
  const most = LIMITS[name];
  if (most === undefined) return value;
  if (typeof most === 'number') return Math.min(Number(value), most);
  return (isoDurationMs(String(value)) ?? Infinity) > (isoDurationMs(most) ?? 0) ? most : value;
}

/** Names of application properties stay as they are. */
function inPascalCase(value: unknown): object {
  if (typeof value !== 'object' || value === null) return value as object;
  const entries = Object.entries(value).map(([name, inner]): [string, unknown] => [
    name.charAt(0).toUpperCase() + name.slice(1),
    name === 'properties' ? inner : inPascalCase(inner),
  ]);
  return Object.fromEntries(entries);
}
