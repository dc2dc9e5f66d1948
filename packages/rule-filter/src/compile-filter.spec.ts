import { describe, expect, it, jest } from '@jest/globals';

import { type PropertyValue } from './values/property-value.js';
import { compileFilter } from './compile-filter.js';
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

function matches(expression: string, subject: FilteredMessage, parameters?: Properties): boolean {
  const filter = compileFilter({
    kind: 'sql',
    expression,
    ...(parameters && { parameters: new Map(Object.entries(parameters)) }),
  });
  return filter(subject);
}

/** A condition's truth, read off from what it and its negation let through. */
function truthOf(condition: string, subject: FilteredMessage): 'T' | 'F' | 'U' {
  if (matches(condition, subject)) return 'T';
  return matches(`NOT (${condition})`, subject) ? 'F' : 'U';
}

describe('filters without an expression', () => {
  it('match everything (true) or nothing (false)', () => {
    expect(compileFilter({ kind: 'true' })(message())).toBe(true);
    expect(compileFilter({ kind: 'false' })(message())).toBe(false);
  });
});

describe('SQL filter', () => {
  const order = message(
    {
      color: 'blue',
      quantity: 10,
      price: 2.5,
      big: 9007199254740993n,
      isGift: true,
      isOld: false,
      soldAt: new Date(1_000_000),
      paidAt: new Date(1_060_000),
      key: new Uint8Array([1, 2]),
      pointer: 'color',
      percent: '100%',
      quote: "it's",
      'HR-EmployeeID': 7,
      'odd]name': 'odd',
      'say "hi"': 'hi',
      'http://schemas/Name': 'account',
      Größe2_x: 4,
      p: 'a property of the name p',
      user: 'me',
      pattern: 'b%',
    },
    { Label: 'the big bus line', To: 'Store5', SequenceNumber: 12, EnqueuedTimeUtc: new Date(5000) },
  );

  it.each([
    // Comparisons
    ["color = 'blue'", 'T'],
    ["color='red'", 'F'],
    ["color <> 'red'", 'T'],
    ["color != 'blue'", 'F'],
    ['quantity > 9', 'T'],
    ['quantity>10', 'F'],
    ['quantity >= 10', 'T'],
    ['quantity < 10', 'F'],
    ['quantity <= 10', 'T'],
    ['quantity = 10.0', 'T'],
    ['price > 2.08', 'T'],
    ['price = 25E-1', 'T'],
    ['price < .3e1', 'T'],
    ['big = 9007199254740993', 'T'],
    ['big = 9007199254740992', 'F'],
    ['big > quantity', 'T'],
    ['big > 9223372036854775807', 'F'],
    ['quantity > -9223372036854775808', 'T'],
    ['isGift = TRUE', 'T'],
    ['isOld <> true', 'T'],
    ["color < 'blues'", 'T'],
    ["color > 'Blue'", 'T'],
    ['paidAt > soldAt', 'T'],
    ['soldAt = soldAt', 'T'],
    ['key = key', 'T'],
    ['1=1', 'T'],
    ['1=0', 'F'],
    // Names and strings
    ["COLOR = 'blue'", 'T'],
    ["color = 'BLUE'", 'F'],
    ["user.color = 'blue'", 'T'],
    ["USER.Color = 'blue'", 'T'],
    ["user . color = 'blue'", 'T'],
    ["user = 'me' AND user.user = 'me'", 'T'],
    ["quote = 'it''s'", 'T'],
    ["quote = ''", 'F'],
    ['[HR-EmployeeID] = 7', 'T'],
    ["user.[odd]]name] = 'odd'", 'T'],
    ['"say ""hi""" = \'hi\'', 'T'],
    ['"http://schemas/Name" = \'account\'', 'T'],
    ['Größe2_x = 4', 'T'],
    ["\tcolor\n=\r\n'blue' ", 'T'],
    // System properties
    ["sys.Label = 'the big bus line'", 'T'],
    ["sys.label LIKE '%bus%'", 'T'],
    ["SYS.subject LIKE 'the%'", 'T'],
    ['sys.SequenceNumber = 12', 'T'],
    ['sys.MessageId IS NULL', 'T'],
    ['sys.EnqueuedTimeUtc < soldAt', 'T'],
    // IN
    ["sys.To IN ('Store5','Store6')", 'T'],
    ["sys.To NOT IN ('Store1') AND color IN('blue')", 'T'],
    ['quantity IN (1, 2 * 5)', 'T'],
    ['quantity IN (1)', 'F'],
    ['quantity NOT IN (1)', 'T'],
    // LIKE
    ["color LIKE 'bl_e'", 'T'],
    ["color LIKE 'BL_E'", 'F'],
    ["color NOT LIKE 'r%'", 'T'],
    ["percent LIKE '100!%' ESCAPE '!'", 'T'],
    ["color LIKE 'blu!%' ESCAPE '!'", 'F'],
    ["percent LIKE '%\\%' ESCAPE '\\'", 'T'],
    ['color LIKE pattern', 'T'],
    // Existence
    ['EXISTS(color)', 'T'],
    ['exists ( user.color )', 'T'],
    ['EXISTS(missing)', 'F'],
    ['EXISTS(sys.Label)', 'T'],
    ['color IS NOT NULL', 'T'],
    ['color IS NULL', 'F'],
    ['missing IS NULL', 'T'],
    ['missing IS NOT NULL', 'F'],
    // Functions
    ["property('color') = 'blue'", 'T'],
    ["P('CO' + 'LOR') = 'blue'", 'T'],
    ["property(pointer) = 'blue'", 'T'],
    ["p('missing') IS NULL", 'T'],
    ["p = 'a property of the name p'", 'T'],
    ['newid() = color', 'F'],
    ['NEWID() = newid() OR 1 = 1', 'T'],
    // Arithmetic and precedence
    ['quantity + 2 * 3 = 16', 'T'],
    ['(quantity + 2) * 3 = 36', 'T'],
    ['quantity - 3 - 2 = 5', 'T'],
    ['quantity / 4 * 4 = 8', 'T'],
    ['quantity / 4.0 = price', 'T'],
    ['quantity % 4 = 2', 'T'],
    ['-quantity = -10', 'T'],
    ['- - quantity = +10', 'T'],
    ['-quantity + 20 = 10', 'T'],
    ['2 - -3 = 5', 'T'],
    ["color + '-' + quantity = 'blue-10'", 'T'],
    ['paidAt - soldAt <= 60000', 'T'],
    ['soldAt + 60000 = paidAt', 'T'],
    ["quantity = 10 OR color = 'x' AND 1 = 0", 'T'],
    ["(quantity = 10 OR color = 'x') AND 1 = 0", 'F'],
    ['NOT 1 = 0 AND 1 = 1', 'T'],
    ['NOT (1 = 0 AND 1 = 1)', 'T'],
    ['NOT 1 = 1 OR 1 = 1', 'T'],
    ['NOT NOT quantity = 10', 'T'],
    ['((quantity)) = ((10))', 'T'],
    ['((quantity = 10))', 'T'],
    // Unknown: missing properties
    ['missing = 1', 'U'],
    ['missing <> 1', 'U'],
    ['missing = missing', 'U'],
    ['missing < 1', 'U'],
    ['quantity = NULL', 'U'],
    ['missing + 1 = 1', 'U'],
    ['-missing = 1', 'U'],
    ["missing + 'x' = 'x'", 'U'],
    ["missing LIKE '%'", 'U'],
    ["missing NOT LIKE '%'", 'U'],
    ['color LIKE missing', 'U'],
    ['color LIKE NULL', 'U'],
    ["color LIKE 'x' ESCAPE missing", 'U'],
    ["missing IN ('x')", 'U'],
    ["missing NOT IN ('x')", 'U'],
    ['quantity IN (10, missing)', 'T'],
    ['quantity IN (1, missing)', 'U'],
    ['quantity NOT IN (1, missing)', 'U'],
    ['property(missing) = 1', 'U'],
    ['property(quantity) = 1', 'U'],
    // Unknown: incompatible types
    ["quantity = '10'", 'U'],
    ["quantity <> '10'", 'U'],
    ['color > 5', 'U'],
    ['isGift = 1', 'U'],
    ['isGift > isOld', 'U'],
    ["soldAt = '1970-01-01'", 'U'],
    ['key > key', 'U'],
    ['key = color', 'U'],
    ["quantity LIKE '1%'", 'U'],
    ["color LIKE 'x' ESCAPE sys.Label", 'U'],
    ['color LIKE p(quantity)', 'U'],
    ['color * 2 = 2', 'U'],
    ['-color = 1', 'U'],
    ['+color = color', 'U'],
    ['quantity / 0 = 1', 'U'],
    ["quantity IN ('10')", 'U'],
  ])('%s is %s', (expression, truth) => {
    expect(truthOf(expression, order)).toBe(truth);
  });
});

describe('three-valued logic', () => {
  const conditions = { T: '1=1', F: '1=0', U: 'missing=1' };
  const truths = ['T', 'F', 'U'] as const;

  it.each([
    ['AND', { TT: 'T', TF: 'F', TU: 'U', FT: 'F', FF: 'F', FU: 'F', UT: 'U', UF: 'F', UU: 'U' }],
    ['OR', { TT: 'T', TF: 'T', TU: 'T', FT: 'T', FF: 'F', FU: 'U', UT: 'T', UF: 'U', UU: 'U' }],
  ])('has the documented table for %s', (operator, table) => {
    const actual = truths.flatMap((left) =>
      truths.map((right) => [
        left + right,
        truthOf(`${conditions[left]} ${operator} ${conditions[right]}`, message()),
      ]),
    );
    expect(Object.fromEntries(actual)).toEqual(table);
  });

  it('negates unknown to unknown, and matches only what is true', () => {
    expect(truths.map((truth) => truthOf(`NOT ${conditions[truth]}`, message()))).toEqual(['F', 'T', 'U']);
    expect(truths.map((truth) => matches(conditions[truth], message()))).toEqual([true, false, false]);
  });

  it('joins more than two conditions', () => {
    expect(truthOf('1=1 AND missing=1 AND 1=0', message())).toBe('F');
    expect(truthOf('1=0 OR missing=1 OR 1=1', message())).toBe('T');
    expect(truthOf('1=1 AND missing=1 AND 1=1', message())).toBe('U');
  });
});

describe('parameters', () => {
  it.each([
    ['named with their @', { '@color': 'blue' }],
    ['named without it', { color: 'blue' }],
    ['in another case', { '@COLOR': 'blue' }],
  ])('may be %s', (_, parameters) => {
    expect(matches('color = @color', message({ color: 'blue' }), parameters)).toBe(true);
    expect(matches('color = @color', message({ color: 'red' }), parameters)).toBe(false);
  });

  it('can have every type', () => {
    const sent = { text: 'a', whole: 5, part: 0.5, long: 2n ** 60n, flag: true, at: new Date(99) };
    const expression = Object.keys(sent)
      .map((name) => `${name} = @${name}`)
      .join(' AND ');
    expect(matches(expression, message(sent), sent)).toBe(true);
    expect(matches(expression, message({ ...sent, at: new Date(98) }), sent)).toBe(false);
  });

  it('can be a pattern, unless it is too long or not a string', () => {
    const subject = message({ color: 'blue' });
    expect(matches('color LIKE @x', subject, { '@x': 'bl%' })).toBe(true);
    expect(() => matches('color LIKE @x', subject, { '@x': 5 })).toThrow(
      "SQL filter, column 12: expected a string after LIKE but found '@x'",
    );
    expect(() => matches('color LIKE @x', subject, { '@x': '%'.repeat(1025) })).toThrow(
      'SQL filter, column 12: expected a pattern of at most 1024 characters but found 1025',
    );
  });

  it('can be null, which makes a comparison unknown', () => {
    expect(matches('color = @x', message({ color: 'blue' }), { '@x': null })).toBe(false);
    expect(matches('NOT color = @x', message({ color: 'blue' }), { '@x': null })).toBe(false);
  });
});

describe('evaluation', () => {
  it('reads each property once, however often it is named', () => {
    const applicationProperty = jest.fn((): PropertyValue => 3);
    const subject = { applicationProperty, systemProperty: () => null };
    expect(matches('a = 1 OR A = 2 OR [a] + user.a = 6', subject)).toBe(true);
    expect(applicationProperty).toHaveBeenCalledTimes(1);
  });

  it('reads each message anew', () => {
    const filter = compileFilter({ kind: 'sql', expression: "color = 'red' OR color = 'blue'" });
    const colors = ['blue', null, 'red'];
    expect(colors.map((color) => filter(message({ color })))).toEqual([true, false, true]);
  });

  it('compiles a pattern of a property for each message', () => {
    const filter = compileFilter({ kind: 'sql', expression: "'abc' LIKE pattern" });
    expect(['a%', '%d', '_b_'].map((pattern) => filter(message({ pattern })))).toEqual([true, false, true]);
  });

  it('does not read properties that cannot change the result', () => {
    const applicationProperty = jest.fn((name: string): PropertyValue => name);
    const subject = { applicationProperty, systemProperty: () => null };
    expect(matches("a = 'a' OR b = 'b'", subject)).toBe(true);
    expect(matches("a = 'x' AND b = 'b'", subject)).toBe(false);
    expect(applicationProperty.mock.calls).toEqual([['a'], ['a']]);
  });
});
