import { type CorrelationRuleFilter, type SqlRuleAction, type SqlRuleFilter } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';

import { administrationScene } from '../support/administration-scene.js';

const NO_CORRELATION = {
  correlationId: undefined,
  subject: undefined,
  to: undefined,
  replyTo: undefined,
  replyToSessionId: undefined,
  sessionId: undefined,
  messageId: undefined,
  contentType: undefined,
  applicationProperties: undefined,
};
const NO_ACTION = { sqlExpression: undefined, sqlParameters: undefined };

describe('kinds of rules', () => {
  const scene = administrationScene({ topics: [{ name: 'events', subscriptions: ['rules', 'over-amqp'] }] });

  const KEPT: { name: string; filter: SqlRuleFilter | CorrelationRuleFilter; action?: SqlRuleAction }[] = [
    { name: 'sql', filter: { sqlExpression: "color = 'red' AND size < 3", sqlParameters: undefined } },
    {
      name: 'sql-escaped',
      filter: { sqlExpression: "a <> '<&>\"''' OR b > 2", sqlParameters: undefined },
    },
    {
      name: 'sql-parameters',
      filter: {
        sqlExpression: 'text = @text AND whole = @whole AND fraction < @fraction AND yes = @yes',
        sqlParameters: { '@text': 'b & <c>', '@whole': 7, '@fraction': 1.25, '@yes': false },
      },
    },
    {
      name: 'sql-action',
      filter: { sqlExpression: '1=1', sqlParameters: undefined },
      action: { sqlExpression: 'SET a = @a; REMOVE b', sqlParameters: { '@a': 'x' } },
    },
    { name: 'correlation', filter: { ...NO_CORRELATION, correlationId: 'abcd' } },
    {
      name: 'correlation-all',
      filter: {
        correlationId: 'a',
        subject: 'b',
        to: 'c',
        replyTo: 'd',
        replyToSessionId: 'e',
        sessionId: 'f',
        messageId: 'g',
        contentType: 'h <i>',
        applicationProperties: {
          text: 'WA',
          whole: 25,
          large: 5_000_000_000,
          fraction: 12.4,
          yes: true,
          at: new Date(1_800_000_000_123),
        },
      },
      action: { sqlExpression: "SET sys.Label = 'GREEN'", sqlParameters: undefined },
    },
  ];

  it.each(KEPT)('keeps the rule $name as it was given', async ({ name, filter, action }) => {
    const created = action
      ? await scene.administration.createRule('events', 'rules', name, filter, action)
      : await scene.administration.createRule('events', 'rules', name, filter);
    expect(created._response.status).toBe(201);
    expect(created).toEqual({ name, filter, action: action ?? NO_ACTION });
    expect(await scene.administration.getRule('events', 'rules', name.toUpperCase())).toEqual(created);
  });

  it('shares rules with the rule manager, which creates them over AMQP', async () => {
    const manager = scene.client.createRuleManager('events', 'over-amqp');
    await manager.createRule('made-there', { applicationProperties: { whole: 3, text: 't' } });
    const rule = await scene.administration.getRule('events', 'over-amqp', 'made-there');
    expect(rule.filter).toEqual({ ...NO_CORRELATION, applicationProperties: { whole: 3, text: 't' } });
    await scene.administration.createRule('events', 'over-amqp', 'made-here', { sqlExpression: 'a = 1' });
    const names: string[] = [];
    for await (const { name } of manager.listRules()) names.push(name);
    expect(names.sort()).toEqual(['$Default', 'made-here', 'made-there']);
  });
});
