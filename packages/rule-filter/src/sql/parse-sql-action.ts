import { type SystemProperty } from '../values/property-value.js';
import { type PropertyReference, type ValueExpression } from './expression.js';
import { parseValue } from './parse-arithmetic.js';
import { type Parameters, type ParseContext } from './parse-context.js';
import { startParsing } from './parse-expression.js';
import { parseProperty } from './parse-operand.js';
import { isSettable, settableNames } from '../values/system-property-name.js';

const MAXIMUM_STATEMENTS = 32;

/** A property that an action may change. */
export type PropertyTarget =
  | { readonly scope: 'user'; readonly name: string }
  | { readonly scope: 'sys'; readonly name: SystemProperty };

/** One statement of an action; without a value it removes the property. */
export interface Statement {
  readonly target: PropertyTarget;
  readonly value: ValueExpression | undefined;
}

/** Parses the statements of a SQL action. Throws SqlSyntaxError. */
export function parseSqlAction(text: string, parameters?: Parameters): Statement[] {
  const context = startParsing('SQL action', text, parameters);
  const { reader } = context;
  const statements: Statement[] = [];
  do {
    if (statements.length === MAXIMUM_STATEMENTS) {
      throw reader.expected(`at most ${MAXIMUM_STATEMENTS} statements`);
    }
    statements.push(parseStatement(context));
    const isClosed = reader.accept(';');
    const isDone = reader.token.kind === 'end' || reader.is('SET') || reader.is('REMOVE');
    if (!isClosed && !isDone) throw reader.expected("';', SET, REMOVE or the end");
  } while (reader.token.kind !== 'end');
  return statements;
}

function parseStatement(context: ParseContext): Statement {
  const { reader } = context;
  if (reader.accept('REMOVE')) return { target: parseTarget(context), value: undefined };
  if (!reader.accept('SET')) throw reader.expected('SET or REMOVE');
  const target = parseTarget(context);
  reader.require('=');
  return { target, value: parseValue(context) };
}

function parseTarget(context: ParseContext): PropertyTarget {
  const start = context.reader.token;
  const property: PropertyReference = parseProperty(context);
  if (property.scope === 'user') return { scope: 'user', name: property.name };
  if (isSettable(property.name)) return { scope: 'sys', name: property.name };
  const problem = `expected a property that can be changed (${settableNames}) but found 'sys.${property.name}'`;
  throw context.reader.errorAt(start, problem);
}
