import { describe, expect, it } from '@jest/globals';

import { type PropertyValue } from './values/property-value.js';
import { compileFilter } from './compile-filter.js';
import { type CorrelationFilter } from './rule.js';

type Properties = Record<string, PropertyValue>;
type Fields = Omit<CorrelationFilter, 'kind' | 'properties'>;

function matches(
  fields: Fields,
  properties: Properties,
  system: Properties,
  application: Properties,
): boolean {
  const filter = compileFilter({
    kind: 'correlation',
    ...fields,
    properties: new Map(Object.entries(properties)),
  });
  return filter({
    systemProperty: (name) => system[name] ?? null,
    applicationProperty: (name) => application[name.toLowerCase()] ?? null,
  });
}

describe('correlation filter', () => {
  it.each<[keyof Fields, string]>([
    ['contentType', 'ContentType'],
    ['correlationId', 'CorrelationId'],
    ['label', 'Label'],
    ['messageId', 'MessageId'],
    ['replyTo', 'ReplyTo'],
    ['replyToSessionId', 'ReplyToSessionId'],
    ['sessionId', 'SessionId'],
    ['to', 'To'],
  ])('compares %s with the system property %s, with regard to case', (field, name) => {
    expect(matches({ [field]: 'x' }, {}, { [name]: 'x' }, {})).toBe(true);
    expect(matches({ [field]: 'x' }, {}, { [name]: 'X' }, {})).toBe(false);
    expect(matches({ [field]: 'x' }, {}, {}, { [name.toLowerCase()]: 'x' })).toBe(false);
  });

  it('requires everything that is set, and nothing else', () => {
    const message = [{ Label: 'red', To: 'me' }, { size: 5 }] as const;
    expect(matches({ label: 'red', to: 'me' }, { size: 5 }, ...message)).toBe(true);
    expect(matches({ label: 'red', to: 'you' }, { size: 5 }, ...message)).toBe(false);
    expect(matches({ label: 'red', to: 'me' }, { size: 6 }, ...message)).toBe(false);
    expect(matches({}, {}, ...message)).toBe(true);
  });

  it.each<[PropertyValue, PropertyValue, boolean]>([
    ['red', 'red', true],
    ['red', 'Red', false],
    [5, 5, true],
    [5, '5', false],
    ['5', 5, false],
    [5, 5n, true],
    [2n ** 60n, 2n ** 60n, true],
    [1, true, false],
    [true, true, true],
    [new Date(5), new Date(5), true],
    [new Date(5), new Date(6), false],
    [new Uint8Array([1]), new Uint8Array([1]), true],
    ['', null, false],
    [null, null, true],
    [null, 'x', false],
  ])('compares a property by type and value: %p with %p', (expected, actual, isMatch) => {
    expect(matches({}, { KEY: expected }, {}, { key: actual })).toBe(isMatch);
  });
});
