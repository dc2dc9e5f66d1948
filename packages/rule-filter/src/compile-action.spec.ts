import { describe, expect, it } from '@jest/globals';

import { type PropertyValue } from './values/property-value.js';
import { compileAction } from './compile-action.js';
import { type FilteredMessage } from './values/filtered-message.js';

type Properties = Record<string, PropertyValue>;

function message(application: Properties = {}, system: Properties = {}): FilteredMessage {
  const byLowerCase = new Map(
    Object.entries(application).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return {
    applicationProperty: (name) => byLowerCase.get(name.toLowerCase()) ?? null,
    systemProperty: (name) => system[name] ?? null,
  };
}

let ids = 0;

function changesOf(
  expression: string,
  subject = message(),
  parameters: Properties = {},
): [Properties, Properties] {
  const action = { kind: 'sql', expression, parameters: new Map(Object.entries(parameters)) } as const;
  const { application, system } = compileAction(action, () => `id-${++ids}`)(subject);
  return [Object.fromEntries(application ?? []), Object.fromEntries(system ?? [])];
}

describe('SQL action', () => {
  const order = message(
    {
      quantity: 11,
      price: 2.5,
      color: 'red',
      code: '5',
      isGift: false,
      soldAt: new Date(0),
      big: 2n ** 60n,
      key: new Uint8Array([1]),
    },
    { Label: 'old', SequenceNumber: 7 },
  );

  it.each<[string, Properties, Properties]>([
    // Statements
    ["SET color = 'blue'", { color: 'blue' }, {}],
    ["set color='blue';", { color: 'blue' }, {}],
    ['REMOVE color', { color: null }, {}],
    ['SET a = 1; SET b = 2', { a: 1, b: 2 }, {}],
    ['SET a = 1 SET b = 2 REMOVE c', { a: 1, b: 2, c: null }, {}],
    [
      "SET quantity = quantity / 2; REMOVE priority;SET sys.CorrelationId = 'low';",
      { quantity: 5, priority: null },
      { CorrelationId: 'low' },
    ],
    ['SET user.[odd name] = 1; SET "x" = 2', { 'odd name': 1, x: 2 }, {}],
    // Values
    ['SET a = quantity + 1', { a: 12 }, {}],
    ['SET a = quantity / 2.0', { a: 5.5 }, {}],
    ['SET a = -price * 2', { a: -5 }, {}],
    ["SET a = color + '-' + quantity", { a: 'red-11' }, {}],
    ['SET a = sys.SequenceNumber', { a: 7 }, {}],
    ["SET a = property('color')", { a: 'red' }, {}],
    ['SET a = -0.0', { a: 0 }, {}],
    ['SET a = TRUE', { a: true }, {}],
    ['SET a = @value', { a: 'given' }, {}],
    ['SET a = NULL', { a: null }, {}],
    ['SET a = missing + 1', { a: null }, {}],
    ['SET a = 9007199254740993', { a: 9007199254740993n }, {}],
    // System properties
    ["SET sys.Label = sys.Label + '!'", {}, { Label: 'old!' }],
    ["SET SYS.subject = 'new'", {}, { Label: 'new' }],
    ['SET sys.To = 5', {}, { To: '5' }],
    ['SET sys.To = TRUE', {}, { To: 'True' }],
    ['SET sys.To = key', {}, {}],
    ['SET sys.To = NULL', {}, { To: null }],
    ['REMOVE sys.ReplyTo', {}, { ReplyTo: null }],
    // Later statements see earlier ones
    ['SET a = 1; SET b = a + 1', { a: 1, b: 2 }, {}],
    ['SET quantity = quantity + 1; SET quantity = quantity * 2', { quantity: 24 }, {}],
    ['REMOVE color; SET a = color', { color: null, a: null }, {}],
    ["SET sys.Label = 'x'; SET a = sys.Label", { a: 'x' }, { Label: 'x' }],
    ['REMOVE sys.Label; SET a = sys.Label', { a: null }, { Label: null }],
    ['SET Count = 1; SET COUNT = count + 1', { Count: 2 }, {}],
    // The type of the property that is there
    ["SET quantity = '7'", { quantity: 7 }, {}],
    ["SET quantity = 'many'", { quantity: 'many' }, {}],
    ['SET code = 7', { code: '7' }, {}],
    ["SET isGift = 'true'", { isGift: true }, {}],
    ["SET soldAt = '2026-01-02T03:04:05Z'", { soldAt: new Date(Date.UTC(2026, 0, 2, 3, 4, 5)) }, {}],
  ])('%s', (expression, application, system) => {
    expect(changesOf(expression, order, { '@value': 'given' })).toEqual([application, system]);
  });

  it('does not change the message itself', () => {
    expect(changesOf('SET quantity = quantity + 1', order)).toEqual(
      changesOf('SET quantity = quantity + 1', order),
    );
  });

  it('omits the kinds of properties that it does not change', () => {
    const changes = compileAction({ kind: 'sql', expression: 'SET a = 1' }, String)(message());
    expect(changes).toEqual({ application: new Map([['a', 1]]) });
  });

  it('asks for a fresh id at each newid()', () => {
    ids = 0;
    expect(changesOf('SET a = newid(); SET b = newid(); SET sys.MessageId = NEWID()')).toEqual([
      { a: 'id-1', b: 'id-2' },
      { MessageId: 'id-3' },
    ]);
  });

  it('limits the strings that it builds', () => {
    const [{ a }] = changesOf(`SET a = 'x'; ${'SET a = a + a;'.repeat(16)}`);
    expect(a).toHaveLength(65_536);
    expect(changesOf(`SET a = 'x'; ${'SET a = a + a;'.repeat(17)}`)).toEqual([{ a: null }, {}]);
  });
});

describe('errors of a SQL action', () => {
  const settable = 'ContentType, CorrelationId, Label, MessageId, ReplyTo, ReplyToSessionId, SessionId, To';

  it.each([
    ['', 'column 1: expected SET or REMOVE but found the end'],
    ['a = 1', "column 1: expected SET or REMOVE but found 'a'"],
    ['SET', "column 4: expected a property after 'SET' but found the end"],
    ['SET a', "column 6: expected '=' after 'a' but found the end"],
    ['SET a = ', "column 9: expected a value after '=' but found the end"],
    ['SET a > 1', "column 7: expected '=' after 'a' but found '>'"],
    ['SET set = 1', "column 5: expected a property after 'SET' but found 'set'"],
    ['SET a = 1 b', "column 11: expected ';', SET, REMOVE or the end after '1' but found 'b'"],
    ['SET a = 1, SET b = 2', "column 10: expected ';', SET, REMOVE or the end after '1' but found ','"],
    ['SET a = b = c', "column 11: expected ';', SET, REMOVE or the end after 'b' but found '='"],
    ['SET a = 1;;', "column 11: expected SET or REMOVE after ';' but found ';'"],
    ['SET a = (b = 1)', 'column 9: expected a value but found a condition'],
    ['SET a = @x', "column 9: expected a parameter that has a value but found '@x'"],
    ['REMOVE', "column 7: expected a property after 'REMOVE' but found the end"],
    ['SET sys.Foo = 1', "column 9: expected a system property such as MessageId after '.' but found 'Foo'"],
    [
      'SET sys.SequenceNumber = 1',
      `column 5: expected a property that can be changed (${settable}) but found 'sys.SequenceNumber'`,
    ],
    [
      'REMOVE sys.TimeToLive',
      `column 8: expected a property that can be changed (${settable}) but found 'sys.TimeToLive'`,
    ],
  ])('%s', (expression, problem) => {
    expect(() => changesOf(expression)).toThrow(
      expect.objectContaining({ name: 'SqlSyntaxError', message: `SQL action, ${problem}` }),
    );
  });

  it('allows 32 statements and no more', () => {
    expect(() => changesOf('SET a=1;'.repeat(32))).not.toThrow();
    expect(() => changesOf('SET a=1;'.repeat(33))).toThrow(
      "SQL action, column 257: expected at most 32 statements after ';' but found 'SET'",
    );
  });

  it('allows 1,024 characters and no more', () => {
    expect(() => changesOf('SET a=1'.padEnd(1025))).toThrow('SQL action, column 1025: expected at most 1024');
  });
});
