import { type ServiceBusClient } from '@azure/service-bus';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { ServiceBusConnection } from '../src/sdk/connection/service-bus-connection.js';
import { NamespaceProbe } from '../src/health/namespace-probe.js';
import { within } from '../src/time/within.js';
import { serviceBusScene } from './support/service-bus-scene.js';

describe('the probe of the namespace', () => {
  const scene = serviceBusScene({
    entities: { queues: ['plain', { name: 'sessions', requiresSession: true }] },
  });
  let client: ServiceBusClient;
  beforeEach(async () => {
    const { connectionString } = scene.emulator;
    client = (await ServiceBusConnection.create({ connectionString })).createClient();
  });
  // The SDK does not always notice when a connection that it is closing breaks.
  afterEach(() => within(1_000, client.close()));

  function probeOf(queue: string): NamespaceProbe {
    const probe = new NamespaceProbe(client);
    probe.addQueue(queue);
    return probe;
  }

  it.each(['plain', 'sessions', 'missing'])('is answered, if only by a refusal: %s', async (queue) => {
    expect(await probeOf(queue).probe()).toBeUndefined();
  });

  it('is not answered on a dead connection', async () => {
    expect(await probeOf('plain').probe()).toBeUndefined();
    scene.emulator.faults.silenceConnections();
    expect(await probeOf('plain').probe()).toBe('no answer for 3000 ms');
    scene.emulator.faults.clear();
  });
});
