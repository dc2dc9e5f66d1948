import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ServiceBusAdministrationClient } from '@azure/service-bus';
import { type Emulator, overPlainHttp, startEmulator } from 'service-bus-emulator';

import { resolveBinding } from '../src/binding/resolve-binding.js';
import { applyTopology } from '../src/topology/administration/apply-topology.js';
import { NamespaceAdministration } from '../src/topology/administration/namespace-administration.js';
import { desiredTopology } from '../src/topology/model/desired-topology.js';
import { describeChange, planTopology } from '../src/topology/model/plan.js';
import { type Topology } from '../src/topology/model/topology.js';

function topologyOf(orders: object = {}, users: object = {}): Topology {
  const rules = {
    created: { subject: 'created', properties: { shop: 'main', rank: 3 } },
    big: { sql: 'amount > 100', action: "SET size = 'big'" },
  };
  return desiredTopology({
    bindings: [
      resolveBinding('orders', { replyTo: 'billing', entity: { forwardDeadLettersTo: 'dead', ...orders } }),
      resolveBinding('parcels', {
        sessions: {},
        entity: { defaultMessageTimeToLive: 'P10675199DT2H48M5.4775807S' },
      }),
      resolveBinding('users', {
        topic: 'events',
        subscription: 'shop',
        entity: { topic: {}, rules, ...users },
      }),
    ],
    declared: [{ name: 'notes', from: 'entities of forFeature', options: { kind: 'topic' } }],
    used: [{ kind: 'destination', path: ['billing'], from: 'a sender' }],
  });
}

describe('the topology of a namespace', () => {
  let emulator: Emulator;
  let client: ServiceBusAdministrationClient;
  let administration: NamespaceAdministration;
  beforeAll(async () => {
    emulator = await startEmulator({ port: 0, administrationPort: false });
    client = clientOf(emulator.connectionString);
    administration = new NamespaceAdministration(client, 'local', { tries: 4, delayMs: 1 });
  });
  afterAll(() => emulator.close());

  function clientOf(connectionString: string): ServiceBusAdministrationClient {
    const made = overPlainHttp(new ServiceBusAdministrationClient(connectionString));
    // It waits for seconds.
    made.pipeline.removePolicy({ name: 'defaultRetryPolicy' });
    return made;
  }
  const plan = async (wanted: Topology): Promise<string[]> =>
    planTopology(wanted, await administration.read(wanted)).map(describeChange);

  it('is made by several instances at the same moment, and then nothing is left to plan', async () => {
    const wanted = topologyOf();
    expect(await plan(wanted)).toHaveLength(9);
    const applied = await Promise.all([1, 2, 3].map(() => applyTopology(administration, wanted)));
    expect(applied.map(({ left }) => left)).toEqual([[], [], []]);
    expect(await plan(wanted)).toEqual([]);
    const rules: string[] = [];
    for await (const { name } of client.listRules('events', 'shop')) rules.push(name);
    expect(rules.sort()).toEqual(['big', 'created']);
  });

  it('drifts by hand, and is set right without a loss', async () => {
    const wanted = topologyOf();
    const queue = await client.getQueue('orders');
    await client.updateQueue({ ...queue, lockDuration: 'PT1M', forwardDeadLetteredMessagesTo: undefined });
    const rule = await client.getRule('events', 'shop', 'big');
    await client.updateRule('events', 'shop', { ...rule, filter: { sqlExpression: 'amount > 5' } });
    await client.createRule('events', 'shop', 'extra', { sqlExpression: '1=1' });
    await client.deleteQueue('billing');
    const drift = [
      '~ update queue orders: lockDuration PT1M → PT5M, forwardDeadLetteredMessagesTo none → dead',
      '~ update rule events/shop/big: filter amount > 5 → amount > 100',
      '+ create queue billing',
      '- delete rule events/shop/extra',
    ];
    expect((await plan(wanted)).sort()).toEqual([...drift].sort());
    const applied = await applyTopology(administration, wanted);
    expect(applied.left.map(describeChange)).toEqual(['- delete rule events/shop/extra']);
    const consented = await applyTopology(administration, wanted, { mayDelete: true });
    expect(consented.done.map(describeChange)).toEqual(['- delete rule events/shop/extra']);
    expect(await plan(wanted)).toEqual([]);
  });

  it('is made anew only with consent where a setting cannot be changed', async () => {
    const wanted = topologyOf({ duplicateDetection: 'PT30M' }, { deadLetteringOnMessageExpiration: false });
    const first = await applyTopology(administration, wanted);
    expect(first.left.map(describeChange)).toEqual([
      '! recreate queue orders, with the loss of its messages: ' +
        'requiresDuplicateDetection false → true, duplicateDetectionHistoryTimeWindow PT10M → PT30M',
    ]);
    expect(first.done.map(describeChange)).toEqual([
      '~ update subscription events/shop: deadLetteringOnMessageExpiration true → false',
    ]);
    expect((await applyTopology(administration, wanted, { mayDelete: true })).left).toEqual([]);
    expect(await plan(wanted)).toEqual([]);
  });

  it('is waited for while the namespace is throttled or somebody else changes it', async () => {
    const throttled = clientOf(emulator.connectionString);
    let refusals = 0;
    throttled.pipeline.addPolicy({
      name: 'throttle',
      sendRequest: (request, next) => {
        if (request.method !== 'PUT' || refusals >= 3) return next(request);
        refusals++;
        const bodyAsText = '<Error><Code>0</Code><Detail>SubCode=40901. Another operation</Detail></Error>';
        const { headers } = request;
        return Promise.resolve({ request, headers, bodyAsText, status: refusals === 2 ? 409 : 503 });
      },
    });
    const patient = new NamespaceAdministration(throttled, 'local', { tries: 4, delayMs: 1 });
    const wanted = topologyOf({ duplicateDetection: 'PT30M', maxDeliveryCount: 77 });
    const { done, left } = await applyTopology(patient, wanted);
    expect(left).toEqual([]);
    expect(refusals).toBe(3);
    expect(done.map(describeChange)).toContain('~ update queue orders: maxDeliveryCount 50 → 77');
  });

  it('is not ours to look at without the right to manage: one line with the remedy', async () => {
    const wrong = emulator.connectionString.replace(/SharedAccessKey=[^;]*/, 'SharedAccessKey=d3Jvbmc=');
    const stranger = new NamespaceAdministration(clientOf(wrong), 'shop.servicebus.windows.net');
    await expect(stranger.read(topologyOf())).rejects.toThrow(
      /^read .*: no right to manage shop.servicebus.windows.net: grant the identity the role "Azure Service Bus Data Owner"/,
    );
    const nowhere = new NamespaceAdministration(
      clientOf(
        'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=n;SharedAccessKey=s;UseDevelopmentEmulator=true;',
      ),
      'nowhere',
      { tries: 1, delayMs: 1 },
    );
    await expect(nowhere.read(topologyOf())).rejects.toThrow(
      /nowhere does not answer as it should: .*try again later$/,
    );
  });
});
