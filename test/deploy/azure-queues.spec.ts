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

  it('are those of Config.json, with sessions and without duplicates where those are', () => {
    const shape = (name: string, requiresSession = false, requiresDuplicateDetection = false): object => ({
      name,
      requiresSession,
      requiresDuplicateDetection,
    });
    const inAzure = queues.map(({ name, properties }) =>
      shape(name, properties.requiresSession, properties.requiresDuplicateDetection),
    );
    expect(inAzure).toEqual(
      declared.map((queue) => shape(queue.name, queue.requiresSession, queue.requiresDuplicateDetection)),
    );
  });

  it('have only properties that Service Bus knows', () => {
    const known = [
      'lockDuration',
      'maxDeliveryCount',
      'defaultMessageTimeToLive',
      'deadLetteringOnMessageExpiration',
      'requiresDuplicateDetection',
      'duplicateDetectionHistoryTimeWindow',
      'requiresSession',
      'forwardTo',
      'forwardDeadLetteredMessagesTo',
      'maxSizeInMegabytes',
      'enablePartitioning',
    ];
    expect(known).toEqual(
      expect.arrayContaining(queues.flatMap(({ properties }) => Object.keys(properties))),
    );
  });

  it.each(queues)('$name loses nothing', ({ name, properties }) => {
    // [Service Bus] The longest lock.
    expect(parseDuration(properties.lockDuration)).toBeLessThanOrEqual(5 * 60_000);
    expect(properties.maxDeliveryCount).toBeGreaterThanOrEqual(10 * DEFAULT_RETRY_POLICY.maxAttempts);
    expect(properties.deadLetteringOnMessageExpiration).toBe(true);
    const lifeMs = parseDuration(properties.defaultMessageTimeToLive);
    const emulated = declared.find((queue) => queue.name === name);
    expect(lifeMs).toBeGreaterThanOrEqual(emulated?.defaultMessageTimeToLiveMs ?? Infinity);
  });

  it('remember results for longer than a message may come again after a crash', () => {
    const outputs = queues.filter(({ name }) => APPS.some((app) => defaults.queues[app].outQueue === name));
    expect(outputs.length).toBeGreaterThan(0);
    for (const { properties } of outputs) {
      const lockMs = parseDuration(properties.lockDuration) ?? Infinity;
      const retriesMs = DEFAULT_RETRY_POLICY.maxAttempts * DEFAULT_RETRY_POLICY.maxDelayMs;
      const windowMs = parseDuration(properties.duplicateDetectionHistoryTimeWindow ?? 'PT0S');
      expect(windowMs).toBeGreaterThanOrEqual(2 * (lockMs + retriesMs));
      expect(windowMs).toBeLessThanOrEqual(parseDuration('P7D') ?? 0);
    }
  });
});
