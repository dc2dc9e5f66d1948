import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { type PropertyValue } from './values/property-value.js';
import { compileAction } from './compile-action.js';
import { compileFilter } from './compile-filter.js';
import { compilePredicate } from './compile-predicate.js';
import { compileValue } from './compile-value.js';
import {
  type Expression,
  isPredicate,
  literal,
  type Predicate,
  type ValueExpression,
} from './sql/expression.js';
import { type FilteredMessage } from './values/filtered-message.js';
import { parseSqlFilter } from './sql/parse-sql-filter.js';
import { compileDirectRead } from './property-reads.js';
import { SqlSyntaxError } from './sql/sql-syntax-error.js';

const NAMES = ['a', 'b', 'Ünit_2', 'odd ]name', 'null', 'p'];
const PRECEDENCE = { or: 1, and: 2, not: 3, comparison: 4, '+': 5, '-': 5, '*': 6, '/': 6, '%': 6 } as const;
const SIGNED = 7;
const ATOM = 8;

const propertyValue: fc.Arbitrary<PropertyValue> = fc.oneof(
  fc.string({ maxLength: 5 }),
  fc.constantFrom('ab', 'a%', '_', 'b'),
  fc.integer({ min: -3, max: 3 }),
  fc.double(),
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  fc.boolean(),
  fc.date({ noInvalidDate: false }),
  fc.uint8Array({ maxLength: 2 }),
  fc.constant(null),
);

const subject: fc.Arbitrary<FilteredMessage> = fc
  .record({
    application: fc.dictionary(fc.constantFrom(...NAMES), propertyValue),
    system: propertyValue,
  })
  .map(({ application, system }) => ({
    applicationProperty: (name: string) => application[name] ?? null,
    systemProperty: () => system,
  }));

const leaf: fc.Arbitrary<ValueExpression> = fc.oneof(
  fc.string({ maxLength: 4 }).map((text) => literal(text)),
  fc.integer({ min: -9, max: 9 }).map((value) => literal(value)),
  fc
    .bigInt(-(2n ** 63n), 2n ** 63n - 1n)
    .map((value) => literal(Number.isSafeInteger(Number(value)) ? Number(value) : value)),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => literal(value + 0, true)),
  fc.constantFrom(literal(true), literal(false), literal(null)),
  fc.constantFrom(...NAMES).map((name) => ({ kind: 'property', scope: 'user', name }) as const),
  fc
    .constantFrom('Label', 'SequenceNumber')
    .map((name) => ({ kind: 'property', scope: 'sys', name }) as const),
  fc.constant({ kind: 'new-id' } as const),
);

const { value, predicate } = fc.letrec<{ value: ValueExpression; predicate: Predicate }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { arbitrary: leaf, weight: 3 },
    fc.record({
      kind: fc.constant('arithmetic'),
      operator: fc.constantFrom('+', '-', '*', '/', '%'),
      left: tie('value'),
      right: tie('value'),
    }),
    fc.record({ kind: fc.constant('sign'), operator: fc.constantFrom('+', '-'), operand: tie('value') }),
    fc.record({ kind: fc.constant('property-by-name'), name: tie('value') }),
  ),
  predicate: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.record({
      kind: fc.constant('comparison'),
      operator: fc.constantFrom('=', '<>', '<', '<=', '>', '>='),
      left: tie('value'),
      right: tie('value'),
    }),
    fc.record({
      kind: fc.constant('in'),
      value: tie('value'),
      candidates: fc.array(tie('value'), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({
      kind: fc.constant('like'),
      value: tie('value'),
      pattern: fc.oneof(
        fc.constantFrom('%', 'a%', '_b', '%!%').map((text) => literal(text)),
        leafProperty(),
      ),
      escape: fc.constantFrom(undefined, literal('!')),
    }),
    fc.record({ kind: fc.constant('is-null'), value: leafProperty() }),
    fc.record({ kind: fc.constant('exists'), property: leafProperty() }),
    fc.record({ kind: fc.constant('not'), operand: tie('predicate') }),
    fc.record({
      kind: fc.constantFrom('and', 'or'),
      operands: fc.array(tie('predicate'), { minLength: 2, maxLength: 3 }),
    }),
  ),
}));

function leafProperty() {
  return fc.constantFrom(...NAMES).map((name) => ({ kind: 'property', scope: 'user', name }) as const);
}

/** Writes a tree with no more parentheses than its meaning needs. */
function print(expression: Expression): string {
  switch (expression.kind) {
    case 'literal':
      return printLiteral(expression.value, expression.isDouble);
    case 'property':
      return printProperty(expression.scope, expression.name);
    case 'property-by-name':
      return `p(${print(expression.name)})`;
    case 'new-id':
      return 'newid()';
    case 'sign':
      return expression.operator + printIn(expression.operand, SIGNED);
    case 'arithmetic': {
      const own = PRECEDENCE[expression.operator];
      return `${printIn(expression.left, own)}${expression.operator}${printIn(expression.right, own + 1)}`;
    }
    case 'comparison':
      return `${print(expression.left)} ${expression.operator} ${print(expression.right)}`;
    case 'in':
      return `${print(expression.value)} IN (${expression.candidates.map(print).join(',')})`;
    case 'like': {
      const escape = expression.escape ? ` ESCAPE ${print(expression.escape)}` : '';
      return `${print(expression.value)} LIKE ${print(expression.pattern)}${escape}`;
    }
    case 'is-null':
      return `${print(expression.value)} is null`;
    case 'exists':
      return `exists(${print(expression.property)})`;
    case 'not':
      return `NOT ${printIn(expression.operand, PRECEDENCE.not)}`;
    case 'and':
    case 'or': {
      const own = PRECEDENCE[expression.kind];
      const joiner = ` ${expression.kind.toUpperCase()} `;
      return expression.operands.map((operand) => printIn(operand, own + 1)).join(joiner);
    }
  }
}

function printIn(expression: Expression, precedence: number): string {
  return precedenceOf(expression) < precedence ? `(${print(expression)})` : print(expression);
}

function precedenceOf(expression: Expression): number {
  if (expression.kind === 'arithmetic') return PRECEDENCE[expression.operator];
  if (expression.kind === 'sign') return SIGNED;
  if (!isPredicate(expression)) return ATOM;
  const { kind } = expression;
  return kind === 'and' || kind === 'or' || kind === 'not' ? PRECEDENCE[kind] : PRECEDENCE.comparison;
}

function printLiteral(value: PropertyValue, isDouble: boolean): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  const text = String(value);
  return isDouble && Number.isInteger(value) && !text.includes('e') ? `${text}.0` : text;
}

function printProperty(scope: 'user' | 'sys', name: string): string {
  if (scope === 'sys') return `sys.${name}`;
  return name.length === 1 ? name : `user.[${name.replaceAll(']', ']]')}]`;
}

const environment = { compileRead: compileDirectRead, newId: () => '00000000-0000-0000-0000-000000000000' };

describe('any SQL expression', () => {
  it('evaluates the same when printed and parsed again', () => {
    let compared = 0;
    fc.assert(
      fc.property(predicate, fc.array(subject, { minLength: 1, maxLength: 3 }), (tree, subjects) => {
        const text = print(tree);
        fc.pre(text.length <= 1024);
        const original = compilePredicate(tree, environment);
        const parsed = compilePredicate(parseSqlFilter(text), environment);
        const remembering = compileFilter({ kind: 'sql', expression: text });
        for (const each of subjects) {
          const truth = original(each);
          expect(parsed(each)).toBe(truth);
          expect(remembering(each)).toBe(truth === true);
          compared += 1;
        }
      }),
      { numRuns: 800 },
    );
    expect(compared).toBeGreaterThan(1000);
  });

  it('computes the same value when it is printed and parsed again', () => {
    fc.assert(
      fc.property(value, subject, (tree, message) => {
        const text = `SET target = ${print(tree)}`;
        fc.pre(text.length <= 1024);
        const { application } = compileAction({ kind: 'sql', expression: text }, environment.newId)(message);
        expect(application?.get('target')).toEqual(compileValue(tree, environment).read(message));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('any text at all', () => {
  const word = fc.constantFrom(
    ...[
      'a',
      'sys.Label',
      'user.b',
      '[x y]',
      '"q"',
      "'it''s'",
      '1',
      '2.5',
      '1e3',
      '@p',
      'NULL',
      'TRUE',
      '=',
      '<>',
    ],
    ...[
      '<',
      '>=',
      '+',
      '-',
      '*',
      '/',
      '%',
      '(',
      ')',
      ',',
      ';',
      '.',
      'AND',
      'OR',
      'NOT',
      'IN',
      'LIKE',
      'ESCAPE',
    ],
    ...[
      'IS',
      'EXISTS',
      'SET',
      'REMOVE',
      'newid',
      'p',
      "'",
      '[',
      '"',
      '#',
      '@',
      '_',
      '9999999999999999999',
      '\n',
    ],
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.array(word, { maxLength: 25 }).map((words) => words.join(' ')),
    fc.array(word, { maxLength: 25 }).map((words) => words.join('')),
  );
  const parameters = new Map<string, PropertyValue>([['p', 1]]);

  function compileOrRefuse<Compiled>(expression: string, compile: () => Compiled): Compiled | undefined {
    try {
      return compile();
    } catch (error) {
      if (!(error instanceof SqlSyntaxError)) throw error;
      expect(error.message).toMatch(/^SQL (?:filter|action), column \d+: expected .+$/u);
      expect(error.column).toBeGreaterThanOrEqual(1);
      expect(error.column).toBeLessThanOrEqual(expression.length + 1);
      return undefined;
    }
  }

  it('is a filter that never throws, or is refused by a SqlSyntaxError with a place in it', () => {
    fc.assert(
      fc.property(text, subject, (expression, message) => {
        const filter = compileOrRefuse(expression, () =>
          compileFilter({ kind: 'sql', expression, parameters }),
        );
        if (filter) expect(typeof filter(message)).toBe('boolean');
      }),
      { numRuns: 1500 },
    );
  });

  it('is an action that never throws, or is refused by a SqlSyntaxError with a place in it', () => {
    fc.assert(
      fc.property(text, subject, (words, message) => {
        const expression = `SET a = ${words}`;
        const compile = () => compileAction({ kind: 'sql', expression, parameters }, () => 'id');
        const action = compileOrRefuse(expression, compile);
        if (action) expect(action(message)).toBeDefined();
      }),
      { numRuns: 1500 },
    );
  });
});
