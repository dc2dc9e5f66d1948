import { beforeAll, describe, expect, it } from '@jest/globals';

import { type Entities, readEntities } from 'service-bus-emulator';
import { parseDuration } from '../../packages/service-bus-emulator/src/duration.js';
import { APPS, readConfiguration } from '../../src/config/index.js';
import { DEFAULT_RETRY_POLICY } from '../../packages/nestjs-service-bus/src/binding/backoff.js';
import { queues } from './azure-files.js';

const defaults = readConfiguration({});

describe('the queues in Azure', () => {
  type Declared = Exclude<NonNullable<Entities['queues']>[number], string>;
  let declared: Declared[];
  beforeAll(async () => {
    const entities = await readEntities('Config.json');
    declared = (entities.queues ?? []).filter((queue): queue is Declared => typeof queue !== 'string');
  });

  it('are those of Config.json, and detect duplicates where those do', () => {
    const shape = (name: string, detects = false): object => ({ name, detects });
    expect(queues.map(({ name, properties }) => shape(name, properties.requiresDuplicateDetection))).toEqual(
      declared.map((queue) => shape(queue.name, queue.requiresDuplicateDetection)),
    );
    // What Config.json has no word of, Azure must not have either.
    for (const queue of declared) expect(queue.requiresSession ?? false).toBe(false);
  });

  it('have only properties that Service Bus knows', () => {
    const known = [
      'lockDuration',
      'maxDeliveryCount',
      'defaultMessageTimeToLive',
      'deadLetteringOnMessageExpiration',
      'requiresDuplicateDetection',
      'duplicateDetectionHistoryTimeWindow',
    ];
    expect(known).toEqual(
      expect.arrayContaining(queues.flatMap(({ properties }) => Object.keys(properties))),
    );
  });

  it.each(queues)('$name loses nothing', ({ name, properties }) => {
    expect(properties.lockDuration).toBe('PT5M');
    expect(properties.maxDeliveryCount).toBeGreaterThanOrEqual(10 * DEFAULT_RETRY_POLICY.maxAttempts);
    expect(properties.deadLetteringOnMessageExpiration).toBe(true);
    const lifeMs = parseDuration(properties.defaultMessageTimeToLive);
    const emulated = declared.find((queue) => queue.name === name);
    expect(lifeMs).toBeGreaterThanOrEqual(emulated?.defaultMessageTimeToLiveMs ?? Infinity);
  });

  it('remember results for longer than a message may come again after a crash', () => {
    const outputs = queues.filter(({ name }) => APPS.some((app) => defaults.queues[app].outQueue === name));
    expect(outputs).toHaveLength(APPS.length);
    for (const { properties } of outputs) {
      const lockMs = parseDuration(properties.lockDuration) ?? Infinity;
      const retriesMs = DEFAULT_RETRY_POLICY.maxAttempts * DEFAULT_RETRY_POLICY.maxDelayMs;
      const windowMs = parseDuration(properties.duplicateDetectionHistoryTimeWindow ?? 'PT0S');
      expect(windowMs).toBeGreaterThanOrEqual(2 * (lockMs + retriesMs));
      expect(windowMs).toBeLessThanOrEqual(parseDuration('P7D') ?? 0);
    }
  });
});
