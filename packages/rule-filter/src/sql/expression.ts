import { type ArithmeticOperator } from '../values/arithmetic.js';
import { type ComparisonOperator } from '../values/compare.js';
import { type PropertyValue } from '../values/property-value.js';
import { type ReadableSystemProperty } from '../values/filtered-message.js';

/** A property that the text names; a name without a scope is a user property. */
export type PropertyReference =
  | { readonly kind: 'property'; readonly scope: 'user'; readonly name: string }
  | { readonly kind: 'property'; readonly scope: 'sys'; readonly name: ReadableSystemProperty };

/** A constant. `isDouble` distinguishes 2.0 from 2: they are the same number in JavaScript but divide differently. */
export interface Literal {
  readonly kind: 'literal';
  readonly value: PropertyValue;
  readonly isDouble: boolean;
}

/** A tree that evaluates to a value. */
export type ValueExpression =
  | Literal
  | PropertyReference
  | { readonly kind: 'property-by-name'; readonly name: ValueExpression }
  | { readonly kind: 'new-id' }
  | { readonly kind: 'sign'; readonly operator: '+' | '-'; readonly operand: ValueExpression }
  | {
      readonly kind: 'arithmetic';
      readonly operator: ArithmeticOperator;
      readonly left: ValueExpression;
      readonly right: ValueExpression;
    };

/** A tree that evaluates to true, false or unknown. NOT IN, NOT LIKE and IS NOT NULL are `not` around the rest. */
export type Predicate =
  | {
      readonly kind: 'comparison';
      readonly operator: ComparisonOperator;
      readonly left: ValueExpression;
      readonly right: ValueExpression;
    }
  | {
      readonly kind: 'like';
      readonly value: ValueExpression;
      readonly pattern: ValueExpression;
      readonly escape: ValueExpression | undefined;
    }
  | { readonly kind: 'in'; readonly value: ValueExpression; readonly candidates: readonly ValueExpression[] }
  | { readonly kind: 'is-null'; readonly value: ValueExpression }
  | { readonly kind: 'exists'; readonly property: PropertyReference }
  | { readonly kind: 'not'; readonly operand: Predicate }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Predicate[] };

/** What may stand in parentheses: the grammar allows both kinds. */
export type Expression = ValueExpression | Predicate;

const PREDICATE_KINDS: ReadonlySet<string> = new Set<Predicate['kind']>([
  'comparison',
  'like',
  'in',
  'is-null',
  'exists',
  'not',
  'and',
  'or',
]);

export function isPredicate(expression: Expression): expression is Predicate {
  return PREDICATE_KINDS.has(expression.kind);
}

export function literal(value: PropertyValue, isDouble = false): Literal {
  return { kind: 'literal', value, isDouble };
}
