import { comparisons, isEqual, not, type Truth } from './values/compare.js';
import { compileValue, type Environment } from './compile-value.js';
import { type Predicate } from './sql/expression.js';
import { type FilteredMessage } from './values/filtered-message.js';
import { compileLike, type LikeMatcher } from './values/like.js';

/** A condition as a function of a message. */
export type Test = (message: FilteredMessage) => Truth;

type PredicateOf<Kind extends Predicate['kind']> = Extract<Predicate, { kind: Kind }>;

/** Compiles a tree that evaluates to true, false or unknown. */
export function compilePredicate(predicate: Predicate, environment: Environment): Test {
  switch (predicate.kind) {
    case 'comparison':
      return compileComparison(predicate, environment);
    case 'like':
      return compileLikeTest(predicate, environment);
    case 'in':
      return compileIn(predicate, environment);
    case 'is-null': {
      const { read } = compileValue(predicate.value, environment);
      return (message) => read(message) === null;
    }
    case 'exists': {
      const { read } = compileValue(predicate.property, environment);
      return (message) => read(message) !== null;
    }
    case 'not': {
      const test = compilePredicate(predicate.operand, environment);
      return (message) => not(test(message));
    }
    case 'and':
      return compileChain(predicate.operands, false, environment);
    case 'or':
      return compileChain(predicate.operands, true, environment);
  }
}

function compileComparison(
  { operator, left, right }: PredicateOf<'comparison'>,
  environment: Environment,
): Test {
  const { read: readLeft } = compileValue(left, environment);
  const { read: readRight } = compileValue(right, environment);
  const compare = comparisons[operator];
  return (message) => compare(readLeft(message), readRight(message));
}

/** Joins conditions by AND, which one false decides, or by OR, which one true decides; else one unknown makes it unknown. */
function compileChain(operands: readonly Predicate[], decisive: boolean, environment: Environment): Test {
  const tests = operands.map((operand) => compilePredicate(operand, environment));
  return (message) => {
    let isUnknown = false;
    for (const test of tests) {
      const truth = test(message);
      if (truth === decisive) return decisive;
      if (truth === null) isUnknown = true;
    }
    return isUnknown ? null : !decisive;
  };
}

// [SQL-92] IN is the same as the candidates' equalities joined by OR.
function compileIn({ value, candidates }: PredicateOf<'in'>, environment: Environment): Test {
  const { read } = compileValue(value, environment);
  const readers = candidates.map((candidate) => compileValue(candidate, environment).read);
  return (message) => {
    const searched = read(message);
    if (searched === null) return null;
    let isUnknown = false;
    for (const readCandidate of readers) {
      const truth = isEqual(searched, readCandidate(message));
      if (truth === true) return true;
      if (truth === null) isUnknown = true;
    }
    return isUnknown ? null : false;
  };
}

function compileLikeTest({ value, pattern, escape }: PredicateOf<'like'>, environment: Environment): Test {
  const { read } = compileValue(value, environment);
  const { read: readPattern } = compileValue(pattern, environment);
  const readEscape = escape && compileValue(escape, environment).read;
  const findMatcher = rememberMatcher();
  return (message) => {
    const text = read(message);
    const patternText = readPattern(message);
    const escapeText = readEscape ? readEscape(message) : undefined;
    if (typeof text !== 'string' || typeof patternText !== 'string') return null;
    if (escapeText !== undefined && (typeof escapeText !== 'string' || escapeText.length !== 1)) return null;
    return findMatcher(patternText, escapeText)?.(text) ?? null;
  };
}

/** Compiles a pattern only if it differs from the previous one: a constant pattern is compiled once. */
function rememberMatcher(): (pattern: string, escape: string | undefined) => LikeMatcher | undefined {
  let known: { pattern: string; escape: string | undefined; matcher: LikeMatcher | undefined } | undefined;
  return (pattern, escape) => {
    if (known?.pattern !== pattern || known.escape !== escape) {
      known = { pattern, escape, matcher: compileLike(pattern, escape) };
    }
    return known.matcher;
  };
}
