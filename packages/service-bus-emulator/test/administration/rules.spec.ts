import { describe, expect, it } from '@jest/globals';

import { administrationScene, alreadyExists, badRequest, notFound } from '../support/administration-scene.js';

const NO_ACTION = { sqlExpression: undefined, sqlParameters: undefined };

describe('administration of rules', () => {
  const subscriptions = ['rules', 'bare'];
  const scene = administrationScene({ topics: [{ name: 'events', subscriptions }] });

  it('matches by a filter with typed parameters', async () => {
    const { administration } = scene;
    await administration.createSubscription('events', 'matching');
    await administration.deleteRule('events', 'matching', '$Default');
    await administration.createRule('events', 'matching', 'typed', {
      sqlExpression: 'whole = @whole AND yes = @yes AND fraction < @fraction AND text LIKE @text',
      sqlParameters: { '@whole': 7, '@yes': true, '@fraction': 0.5, '@text': 'te%' },
    });
    await administration.createRule('events', 'matching', 'correlated', {
      subject: 'red',
      applicationProperties: { whole: 9, at: new Date(1_000) },
    });
    const matching = { whole: 7, yes: true, fraction: 0.25, text: 'tea' };
    const correlated = { whole: 9, at: new Date(1_000) };
    await scene.send(
      'events',
      { body: 'sql', applicationProperties: matching },
      { body: 'too large', applicationProperties: { ...matching, fraction: 0.75 } },
      { body: 'of another type', applicationProperties: { ...matching, whole: '7' } },
      { body: 'correlated', subject: 'red', applicationProperties: correlated },
      { body: 'another time', subject: 'red', applicationProperties: { ...correlated, at: new Date(500) } },
      { body: 'another case', subject: 'Red', applicationProperties: correlated },
    );
    const messages = await scene.take('events/Subscriptions/matching', 2);
    expect(messages.map(({ body }) => body as unknown)).toEqual(['sql', 'correlated']);
    expect(scene.entity('events/Subscriptions/matching').messages()).toEqual([]);
  });

  it('changes messages by an action with parameters', async () => {
    await scene.administration.createSubscription('events', 'acting');
    await scene.administration.deleteRule('events', 'acting', '$Default');
    await scene.administration.createRule(
      'events',
      'acting',
      'action',
      { sqlExpression: 'acting = 1' },
      {
        sqlExpression: 'SET note = @note; SET sys.Label = @label',
        sqlParameters: { '@note': 5, '@label': 'new' },
      },
    );
    await scene.send('events', { body: 1, subject: 'old', applicationProperties: { acting: 1 } });
    const [message] = await scene.take('events/Subscriptions/acting');
    expect(message).toMatchObject({ subject: 'new', applicationProperties: { acting: 1, note: 5 } });
  });

  it('replaces a rule', async () => {
    const { administration } = scene;
    await administration.createSubscription('events', 'updated');
    const rule = await administration.getRule('events', 'updated', '$Default');
    const filter = { sqlExpression: 'kept = TRUE', sqlParameters: undefined };
    const updated = await administration.updateRule('events', 'updated', { ...rule, filter });
    expect(updated).toEqual({ name: '$Default', filter, action: NO_ACTION });
    await scene.send(
      'events',
      { body: 'no', applicationProperties: { kept: false } },
      { body: 'yes', applicationProperties: { kept: true } },
    );
    const [message] = await scene.take('events/Subscriptions/updated');
    expect(message?.body).toBe('yes');
    expect(scene.entity('events/Subscriptions/updated').messages()).toEqual([]);
  });

  it('keeps the rule when the update is refused', async () => {
    const { administration } = scene;
    await administration.createRule('events', 'bare', 'kept', { sqlExpression: 'a = 1' });
    const rule = await administration.getRule('events', 'bare', 'kept');
    const wrong = { ...rule, filter: { sqlExpression: 'a = = 1' } };
    await expect(administration.updateRule('events', 'bare', wrong)).rejects.toMatchObject(badRequest(/./));
    expect(await administration.getRule('events', 'bare', 'kept')).toEqual(rule);
    const other = { ...rule, name: 'nowhere' };
    await expect(administration.updateRule('events', 'bare', other)).rejects.toMatchObject(notFound());
  });

  it('deletes rules, even the default one: a subscription without rules gets no messages', async () => {
    const { administration } = scene;
    await administration.createSubscription('events', 'ruleless');
    await administration.deleteRule('events', 'ruleless', '$Default');
    expect(await administration.ruleExists('events', 'ruleless', '$Default')).toBe(false);
    await scene.send('events', { body: 1 });
    expect(scene.entity('events/Subscriptions/ruleless').messages()).toEqual([]);
    await administration.createRule('events', 'ruleless', '$Default', { sqlExpression: '1=1' });
    await scene.send('events', { body: 2 });
    expect(scene.entity('events/Subscriptions/ruleless').messages()).toHaveLength(1);
  });

  it('says where an expression is wrong', async () => {
    const create = (sqlExpression: string, action?: string): Promise<unknown> =>
      scene.administration.createRule(
        'events',
        'rules',
        'wrong',
        { sqlExpression },
        { sqlExpression: action! },
      );
    await expect(create('color = ')).rejects.toMatchObject(
      badRequest(/SubCode=40000\. SQL filter, column 9: expected/),
    );
    await expect(create('1=1', 'MAKE a = 1')).rejects.toMatchObject(
      badRequest(/SQL action, column 1: expected/),
    );
    await expect(create(`a = '${'x'.repeat(1_024)}'`)).rejects.toMatchObject(badRequest(/1024 characters/));
    expect(await scene.administration.ruleExists('events', 'rules', 'wrong')).toBe(false);
  });

  it('tells what exists and what does not', async () => {
    const { administration } = scene;
    const filter = { sqlExpression: '1=1' };
    await expect(administration.createRule('events', 'rules', '$default', filter)).rejects.toMatchObject(
      alreadyExists(),
    );
    for (const [topic, subscription, name] of [
      ['events', 'rules', 'nowhere'],
      ['events', 'nowhere', '$Default'],
      ['nowhere', 'rules', 'x'],
    ] as const) {
      expect(await administration.ruleExists(topic, subscription, name)).toBe(false);
      await expect(administration.getRule(topic, subscription, name)).rejects.toMatchObject(notFound());
      await expect(administration.deleteRule(topic, subscription, name)).rejects.toMatchObject(notFound());
    }
    await expect(administration.createRule('events', 'nowhere', 'x', filter)).rejects.toMatchObject(
      notFound(),
    );
  });
});
