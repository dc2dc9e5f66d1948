import { describe, expect, it } from '@jest/globals';
import { type RuleDescription } from '@nestjs-service-bus/rule-filter';

import { readXml } from '../xml/read-xml.js';
import { readRule, writeRule } from './rule-document.js';
import { writeXml } from '../xml/write-xml.js';

const roundTrip = (rule: RuleDescription): ReturnType<typeof readRule> =>
  readRule(readXml(Buffer.from(writeXml(writeRule(rule)))), rule.name);

const read = (inside: string): ReturnType<typeof readRule> =>
  readRule(readXml(Buffer.from(`<RuleDescription xmlns:p4="urn:i">${inside}</RuleDescription>`)), 'rule');

describe('a rule document', () => {
  it.each<RuleDescription['filter']>([
    { kind: 'true' },
    { kind: 'false' },
    { kind: 'sql', expression: "a < 'b' AND c > @d", parameters: new Map([['@d', 1]]) },
    {
      kind: 'correlation',
      label: 'red',
      properties: new Map<string, string | boolean>([
        ['a', 'b'],
        ['c', true],
      ]),
    },
  ])('carries the filter %j', (filter) => {
    const rule = roundTrip({ name: 'rule', filter, createdAtMs: 0 });
    expect(JSON.parse(JSON.stringify(rule.filter))).toEqual(JSON.parse(JSON.stringify(filter)));
    expect(rule.filter).toMatchObject(filter);
    expect(rule.action).toBeUndefined();
  });

  it('contains the action with its parameters', () => {
    const action = { kind: 'sql', expression: 'SET a = @b', parameters: new Map([['@b', 'c']]) } as const;
    expect(roundTrip({ name: 'rule', filter: { kind: 'true' }, action, createdAtMs: 0 }).action).toEqual(
      action,
    );
  });

  it('matches everything without a filter', () => {
    expect(read('')).toEqual({ name: 'rule', filter: { kind: 'true' } });
  });

  it.each([
    ['<Filter p4:type="MagicFilter"/>', "'MagicFilter' is not a type of filter."],
    ['<Filter/>', "'' is not a type of filter."],
    ['<Filter p4:type="SqlFilter"/>', 'The Filter has no SqlExpression.'],
    [
      '<Filter p4:type="SqlFilter"><SqlExpression> </SqlExpression></Filter>',
      'The Filter has no SqlExpression.',
    ],
    ['<Action p4:type="MagicAction"/>', "'MagicAction' is not a type of rule action."],
    ['<Action p4:type="SqlRuleAction"/>', 'The Action has no SqlExpression.'],
    [
      `<Filter p4:type="SqlFilter"><SqlExpression>${'x'.repeat(1_025)}</SqlExpression></Filter>`,
      'The SqlExpression of the Filter is longer than 1024 characters.',
    ],
  ])('refuses %s', (inside, message) => {
    expect(() => read(inside)).toThrow(message);
  });
});
