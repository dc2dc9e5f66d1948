import { type ServiceBusMessage, type ServiceBusRuleManager } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';

import { type SubscriptionEntry } from '../src/index.js';
import { emulatorScene, serviceBusError } from './support/emulator-scene.js';

const SQL: Record<string, [expression: string, matching: number[]]> = {
  equal: ["color = 'blue'", [0]],
  'not-equal': ["color <> 'blue'", [1]],
  negated: ["NOT (color = 'blue')", [1]],
  'is-null': ['color IS NULL', [2]],
  exists: ['EXISTS(size) AND size > 5', [1]],
  like: ["color LIKE 'b%'", [0]],
  in: ["color IN ('red', 'green')", [1]],
  system: ["sys.Label = 'order' OR sys.MessageId = 'third'", [0, 2]],
  arithmetic: ['size * 2 + 1 = 7', [0]],
};
const MESSAGES: ServiceBusMessage[] = [
  { body: 0, subject: 'order', applicationProperties: { color: 'blue', size: 3 } },
  { body: 1, subject: 'Order', applicationProperties: { color: 'red', size: 10 } },
  { body: 2, messageId: 'third' },
];

describe('rules', () => {
  const ruled = (name: string, ...rules: NonNullable<SubscriptionEntry['rules']>) => ({ name, rules });
  const scene = emulatorScene({
    queues: ['not-a-subscription'],
    topics: [
      {
        name: 'managed',
        subscriptions: [
          'fresh',
          'sorted',
          'correlated',
          'sql',
          'actions',
          'several',
          'none',
          'copies',
          'many',
          'errors',
          'typed',
        ],
      },
      {
        name: 'declared',
        subscriptions: Object.entries(SQL).map(([name, [expression]]) =>
          ruled(name, { name: 'rule', filter: { kind: 'sql', expression } }),
        ),
      },
    ],
  });
  const managerOf = (subscription: string) => scene.client.createRuleManager('managed', subscription);
  const address = (subscription: string) => `managed/Subscriptions/${subscription}`;
  const rulesOf = async (manager: ServiceBusRuleManager) => {
    const rules = [];
    for await (const rule of manager.listRules()) rules.push(rule);
    return rules;
  };
  const received = async (subscription: string) =>
    scene.take(address(subscription), (await scene.peek(address(subscription))).length);
  /** Sends to the topic, and returns what this subscription got of it. */
  const bodies = async (subscription: string, ...messages: ServiceBusMessage[]) => {
    await received(subscription);
    await scene.send('managed', ...messages);
    return (await received(subscription)).map(({ body }) => body as unknown);
  };

  it('are listed in order of their names', async () => {
    const rules = scene.client.createRuleManager('managed', 'sorted');
    for (const name of ['sqlRule', 'correlationRule', 'B']) await rules.createRule(name, { subject: 'x' });
    const names: string[] = [];
    for await (const { name } of rules.listRules()) names.push(name);
    expect(names).toEqual(['$Default', 'B', 'correlationRule', 'sqlRule']);
  });

  it('begin with one that matches everything', async () => {
    expect(await rulesOf(managerOf('fresh'))).toMatchObject([
      { name: '$Default', filter: { sqlExpression: '1=1' } },
    ]);
    expect(await bodies('fresh', { body: 1 })).toEqual([1]);
  });

  it('with a correlation filter compare everything that it names', async () => {
    const manager = managerOf('correlated');
    await manager.deleteRule('$Default');
    await manager.createRule('blue-orders', { subject: 'order', applicationProperties: { color: 'blue' } });
    expect(
      await bodies(
        'correlated',
        { body: 'both', subject: 'order', applicationProperties: { color: 'blue', size: 1 } },
        { body: 'other color', subject: 'order', applicationProperties: { color: 'red' } },
        { body: 'other case', subject: 'Order', applicationProperties: { color: 'blue' } },
        { body: 'no property', subject: 'order' },
      ),
    ).toEqual(['both']);
    expect(await rulesOf(manager)).toMatchObject([
      { name: 'blue-orders', filter: { subject: 'order', applicationProperties: { color: 'blue' } } },
    ]);
  });

  it('with a correlation filter compare by type', async () => {
    const manager = managerOf('typed');
    await manager.deleteRule('$Default');
    await manager.createRule('number', { applicationProperties: { n: 7 } });
    await manager.createRule('flag', { applicationProperties: { flag: true } });
    expect(
      await bodies(
        'typed',
        { body: 'number', applicationProperties: { n: 7 } },
        { body: 'text', applicationProperties: { n: '7' } },
        { body: 'flag', applicationProperties: { flag: true } },
        { body: 'not', applicationProperties: { flag: false } },
      ),
    ).toEqual(['number', 'flag']);
  });

  it('with a SQL filter match what it is true for, and nothing that is unknown', async () => {
    await scene.send('declared', ...MESSAGES);
    const got: Record<string, number[]> = {};
    for (const name of Object.keys(SQL)) {
      const at = `declared/Subscriptions/${name}`;
      got[name] = (await scene.take(at, (await scene.peek(at)).length)).map(({ body }) => body as number);
    }
    expect(got).toEqual(
      Object.fromEntries(Object.entries(SQL).map(([name, [, matching]]) => [name, matching])),
    );
  });

  it('with a SQL filter can be created and listed', async () => {
    const manager = managerOf('sql');
    await manager.deleteRule('$Default');
    await manager.createRule('large', { sqlExpression: 'size > 5' }, { sqlExpression: "SET kind = 'large'" });
    expect(await rulesOf(manager)).toMatchObject([
      {
        name: 'large',
        filter: { sqlExpression: 'size > 5' },
        action: { sqlExpression: "SET kind = 'large'" },
      },
    ]);
    expect(await bodies('sql', ...MESSAGES)).toEqual([1]);
  });

  it('with an action change the copy, but not its body', async () => {
    const manager = managerOf('actions');
    await manager.deleteRule('$Default');
    await manager.createRule(
      'changing',
      { sqlExpression: '1=1' },
      { sqlExpression: "SET size = size + 1; SET sys.Label = 'changed'; REMOVE color" },
    );
    await received('actions');
    await scene.send('managed', MESSAGES[0]!);
    const [copy] = await received('actions');
    expect(copy).toMatchObject({ body: 0, subject: 'changed', applicationProperties: { size: 4 } });
    expect(copy!.applicationProperties).not.toHaveProperty('color');
  });

  it('yield one copy together, however many of them match', async () => {
    const manager = managerOf('several');
    await manager.createRule('one', { sqlExpression: '1=1' });
    await manager.createRule('two', { subject: 'order' });
    expect(await bodies('several', MESSAGES[0]!)).toEqual([0]);
  });

  it('with actions yield a copy each, in addition to that of the others', async () => {
    const manager = managerOf('copies');
    await manager.createRule('first', { sqlExpression: '1=1' }, { sqlExpression: "SET by = 'first'" });
    await manager.createRule('second', { sqlExpression: '1=1' }, { sqlExpression: "SET by = 'second'" });
    await received('copies');
    await scene.send('managed', { body: 1 });
    const by = (await received('copies')).map(
      ({ applicationProperties }) => applicationProperties?.['by'] ?? 'nobody',
    );
    expect(by.sort()).toEqual(['first', 'nobody', 'second']);
  });

  it('match nothing if there are none', async () => {
    const manager = managerOf('none');
    await manager.deleteRule('$Default');
    expect(await rulesOf(manager)).toEqual([]);
    expect(await bodies('none', { body: 1 })).toEqual([]);
  });

  it('are listed page by page when there are many', async () => {
    const manager = managerOf('many');
    const names = Array.from({ length: 250 }, (_, index) => `rule-${index}`);
    for (const name of names) await manager.createRule(name, { subject: name });
    expect((await rulesOf(manager)).map(({ name }) => name)).toEqual(['$Default', ...names.sort()]);
  });

  it('have unique names', async () => {
    const manager = managerOf('errors');
    await manager.createRule('taken', { sqlExpression: '1=1' });
    await expect(manager.createRule('TAKEN', { sqlExpression: '1=1' })).rejects.toMatchObject(
      serviceBusError('MessagingEntityAlreadyExists', /^The messaging entity '.*TAKEN' already exists\./),
    );
    await expect(manager.deleteRule('not-there')).rejects.toMatchObject(
      serviceBusError('MessagingEntityNotFound'),
    );
  });

  it('that are invalid are refused, with the place of the error', async () => {
    await expect(
      managerOf('errors').createRule('bad', { sqlExpression: 'size = = 3' }),
    ).rejects.toMatchObject(serviceBusError('GeneralError', /\d/));
    await expect(
      managerOf('errors').createRule('bad-action', { sqlExpression: '1=1' }, { sqlExpression: 'SET size' }),
    ).rejects.toMatchObject(serviceBusError('GeneralError'));
    expect((await rulesOf(managerOf('errors'))).map(({ name }) => name)).toEqual(['$Default', 'taken']);
  });

  it('exist only for subscriptions', async () => {
    const missing = scene.client.createRuleManager('managed', 'missing');
    await expect(rulesOf(missing)).rejects.toMatchObject(serviceBusError('MessagingEntityNotFound'));
  });
});
