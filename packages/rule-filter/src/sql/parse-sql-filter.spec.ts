import { describe, expect, it } from '@jest/globals';

import { parseSqlFilter } from './parse-sql-filter.js';
import { SqlSyntaxError } from './sql-syntax-error.js';

function errorOf(text: string): SqlSyntaxError {
  try {
    parseSqlFilter(text);
  } catch (error) {
    if (error instanceof SqlSyntaxError) return error;
    throw error;
  }
  throw new Error(`no error in ${text}`);
}

describe('the tree of a SQL filter', () => {
  const property = (name: string) => ({ kind: 'property', scope: 'user', name });
  const literal = (value: unknown, isDouble = false) => ({ kind: 'literal', value, isDouble });
  const isOne = (name: string) => ({
    kind: 'comparison',
    operator: '=',
    left: property(name),
    right: literal(1),
  });

  it('binds NOT more tightly than AND, and AND more tightly than OR', () => {
    expect(parseSqlFilter('NOT a=1 AND b=1 OR c=1')).toEqual({
      kind: 'or',
      operands: [{ kind: 'and', operands: [{ kind: 'not', operand: isOne('a') }, isOne('b')] }, isOne('c')],
    });
  });

  it('reads a sign before a number as part of it, and another as an operator', () => {
    const { operand } = parseSqlFilter('NOT -2.0 = -a') as never as { operand: unknown };
    expect(operand).toEqual({
      kind: 'comparison',
      operator: '=',
      left: literal(-2, true),
      right: { kind: 'sign', operator: '-', operand: property('a') },
    });
  });

  it('keeps integers beyond 2^53 exact', () => {
    expect(parseSqlFilter('-9223372036854775808 <= 9007199254740991')).toMatchObject({
      left: literal(-(2n ** 63n)),
      right: literal(9007199254740991),
    });
  });

  it('writes negated conditions as NOT around the rest', () => {
    const notNull = { kind: 'not', operand: { kind: 'is-null', value: property('a') } };
    expect(parseSqlFilter('a IS NOT NULL')).toEqual(notNull);
    expect(parseSqlFilter('NOT a IS NULL')).toEqual(notNull);
  });

  it('uses the canonical names of system properties', () => {
    expect(parseSqlFilter('sys.subject = sys.ENQUEUEDTIMEUTC')).toMatchObject({
      left: { scope: 'sys', name: 'Label' },
      right: { scope: 'sys', name: 'EnqueuedTimeUtc' },
    });
  });

  it.each(['set = 1', 'remove IS NULL', 'between = 1', '[and] = 1', '"null" = 1', 'newid = 1'])(
    'takes a word that is not reserved, or that is delimited, as a property: %s',
    (text) => {
      expect(() => parseSqlFilter(text)).not.toThrow();
    },
  );
});

describe('errors of a SQL filter', () => {
  it('have the place and the problem as data', () => {
    const error = errorOf('quantity = ');
    expect(error).toMatchObject({
      name: 'SqlSyntaxError',
      source: 'SQL filter',
      column: 12,
      problem: "expected a value after '=' but found the end",
      message: "SQL filter, column 12: expected a value after '=' but found the end",
    });
    expect(error).toBeInstanceOf(Error);
  });

  it.each([
    ['', 1, 'expected a condition but found the end'],
    ['   ', 4, 'expected a condition but found the end'],
    ['flag', 5, "expected a comparison such as '=' after 'flag' but found the end"],
    ['TRUE', 5, "expected a comparison such as '=' after 'TRUE' but found the end"],
    ['(flag)', 7, "expected a comparison such as '=' after ')' but found the end"],
    ['NOT flag', 9, "expected a comparison such as '=' after 'flag' but found the end"],
    ['a AND b=1', 3, "expected a comparison such as '=' after 'a' but found 'AND'"],
    ['b=1 OR a', 9, "expected a comparison such as '=' after 'a' but found the end"],
    ['a BETWEEN 1 AND 2', 3, "expected a comparison such as '=' after 'a' but found 'BETWEEN'"],
    ['a=1 b', 5, "expected AND, OR or the end after '1' but found 'b'"],
    ['a=1=1', 4, "expected AND, OR or the end after '1' but found '='"],
    ['a=1)', 4, "expected AND, OR or the end after '1' but found ')'"],
    ['(a=1) + 2 = 3', 7, "expected AND, OR or the end after ')' but found '+'"],
    ['a=1 AND', 8, "expected a value after 'AND' but found the end"],
    ['a == 1', 4, "expected a value after '=' but found '='"],
    ["a = 'x' 'y'", 9, "expected AND, OR or the end after the string 'x' but found the string 'y'"],
    ['2+(a=1)=3', 3, 'expected a value but found a condition'],
    ['a = (b = 1)', 5, 'expected a value but found a condition'],
    ['((a=1)', 7, "expected ')' after ')' but found the end"],
    ['a IN 1', 6, "expected '(' after 'IN' but found '1'"],
    ['a IN ()', 7, "expected a value after '(' but found ')'"],
    ['a IN (1 2)', 9, "expected ',' or ')' after '1' but found '2'"],
    ['a IN (1,)', 9, "expected a value after ',' but found ')'"],
    ['a IS 5', 6, "expected NULL after 'IS' but found '5'"],
    ['a IS NOT 5', 10, "expected NULL after 'NOT' but found '5'"],
    ['5 IS NULL', 3, "expected a comparison (IS is for a property) after '5' but found 'IS'"],
    ['a NOT 5', 7, "expected IN or LIKE after 'NOT' but found '5'"],
    ['a LIKE 5', 8, "expected a string after LIKE but found '5'"],
    ["a LIKE 'x' ESCAPE ''", 19, "expected a string of one character after ESCAPE but found the string ''"],
    [
      "a LIKE 'x' ESCAPE 'ab'",
      19,
      "expected a string of one character after ESCAPE but found the string 'ab'",
    ],
    [
      "a LIKE 'x!' ESCAPE '!'",
      8,
      'expected the pattern to go on after its escape character but found its end',
    ],
    ['EXISTS a', 8, "expected '(' after 'EXISTS' but found 'a'"],
    ['EXISTS(1)', 8, "expected a property after '(' but found '1'"],
    ['EXISTS(a', 9, "expected ')' after 'a' but found the end"],
    ['sys.Foo = 1', 5, "expected a system property such as MessageId after '.' but found 'Foo'"],
    ['sys. = 1', 6, "expected a property name after '.' but found '='"],
    ['user.null = 1', 6, "expected a property name after '.' but found 'null'"],
    ['LIKE = 1', 1, "expected a value but found 'LIKE'"],
    [
      'a.b = 1',
      1,
      "expected the scope 'sys' or 'user' (put a name that contains a dot into [brackets]) but found 'a'",
    ],
    ['left(a) = 1', 1, "expected a function (newid, property or p) but found 'left'"],
    ['[p](a) = 1', 1, "expected a function (newid, property or p) but found '[p]'"],
    ['user.p(a) = 1', 1, "expected a function (newid, property or p) but found 'user'"],
    ['newid(1) = a', 7, "expected ')' after '(' but found '1'"],
    ['p() = 1', 3, "expected a value after '(' but found ')'"],
    ['p(a = 1) = 1', 2, 'expected a value but found a condition'],
    ['a = @x', 5, "expected a parameter that has a value but found '@x'"],
    ['a = @', 5, "expected a value, a property or an operator but found '@'"],
    ['a = #', 5, "expected a value, a property or an operator but found '#'"],
    ['_a = 1', 1, "expected a value, a property or an operator but found '_'"],
    ['a = 1; b', 6, "expected AND, OR or the end after '1' but found ';'"],
    ['a = 12ab', 7, "expected an operator after '12' but found 'a'"],
    ['a = 0x1F', 6, "expected an operator after '0' but found 'x'"],
    ['a = 1e', 6, "expected an operator after '1' but found 'e'"],
    ['a = 9223372036854775808', 5, "expected an integer of at most 64 bits but found '9223372036854775808'"],
    ['a = -9223372036854775809', 6, "expected an integer of at most 64 bits but found '9223372036854775809'"],
    ['a = 1e999', 5, "expected a number in the range of a double but found '1e999'"],
    ["a = 'abc", 9, "expected ' to close the string that starts at column 5 but found the end"],
    ["a = 'abc''", 11, "expected ' to close the string that starts at column 5 but found the end"],
    ['[a = 1', 7, 'expected ] to close the property name that starts at column 1 but found the end'],
    ['"a = 1', 7, 'expected " to close the property name that starts at column 1 but found the end'],
    ['[] = 1', 1, 'expected a property name between [ and ]'],
    ['"" = 1', 1, 'expected a property name between " and "'],
  ])('%s: column %i', (text, column, problem) => {
    expect(errorOf(text)).toMatchObject({ column, problem });
  });

  it('reports the first error, not a later one of another kind', () => {
    expect(errorOf('a b = #').column).toBe(3);
  });

  it('shorten long text and show it on one line', () => {
    expect(errorOf(`a = 1 'line one\nline two and much more'`).problem).toBe(
      "expected AND, OR or the end after '1' but found the string 'line one line two and m…",
    );
  });
});

describe('limits of a SQL filter', () => {
  it('allows 1,024 characters and no more', () => {
    expect(() => parseSqlFilter('a = 1'.padEnd(1024))).not.toThrow();
    expect(errorOf('a = 1'.padEnd(1025))).toMatchObject({
      column: 1025,
      problem: 'expected at most 1024 characters but found 1025',
    });
  });

  it.each([
    ['parentheses', '('.repeat(1024), 101],
    ['negations', 'NOT '.repeat(250), 405],
    ['signs', '-'.repeat(1000), 102],
    ['calls', 'p('.repeat(500), 202],
  ])('bounds the depth of %s', (_, text, column) => {
    const error = errorOf(text);
    expect(error.problem).toContain('expected at most 100 levels of nesting');
    expect(error.column).toBeLessThanOrEqual(column + 4);
    expect(error.column).toBeGreaterThanOrEqual(column);
  });

  it('allows 100 levels', () => {
    expect(() => parseSqlFilter(`${'('.repeat(100)}a = 1${')'.repeat(100)}`)).not.toThrow();
  });

  it('allows as many operators in a row as fit', () => {
    expect(() => parseSqlFilter(`${'1+'.repeat(500)}1 = 501`)).not.toThrow();
    expect(() => parseSqlFilter(`${'1=1 OR '.repeat(140)}1=1`)).not.toThrow();
  });
});
