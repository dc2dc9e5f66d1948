import { connectionName } from './connection-name.js';
import { ServiceBusConfigurationError } from '../exceptions/service-bus-configuration.error.js';
import { unknownOptions } from './unknown-options.js';

/**
 * A binding's pattern: a name, or an object such as `{ cmd: 'sum' }`, whose name is its JSON with the keys in
 * order: `{"cmd":"sum"}`.
 */
export type BindingPattern = string | Readonly<Record<string, unknown>>;

/** What a handler's pattern names: a binding, and the subject of its messages when it takes only those. */
export interface Pattern {
  readonly binding: string;
  readonly subject?: string;
}

/** Reads a handler's pattern: a name, `{ binding, subject }`, or any other object. */
export function parsePattern(pattern: unknown): Pattern {
  if (!isHandlersForm(pattern)) return { binding: patternName(pattern) };
  const { binding, subject } = pattern;
  const unknown = unknownOptions(pattern, { binding: true, subject: true });
  if (unknown.length > 0) {
    throw new ServiceBusConfigurationError(
      unknown.map((problem) => `pattern ${JSON.stringify(pattern)}: ${problem}`),
    );
  }
  if (typeof binding !== 'string' || !(subject === undefined || typeof subject === 'string')) {
    throw wrongPattern(pattern);
  }
  return subject === undefined ? { binding } : { binding, subject };
}

/** The name of a binding's pattern. Throws a ServiceBusConfigurationError when it is none. */
export function bindingName(pattern: BindingPattern): string {
  if (!isHandlersForm(pattern)) return patternName(pattern);
  throw new ServiceBusConfigurationError([
    `forFeature: the pattern ${JSON.stringify(pattern)} is a handler's: ` +
      `a binding has { pattern: ${JSON.stringify(pattern['binding'])} }, for handlers of all its subjects`,
  ]);
}

/** What a binding is called that nobody gives a name: namespaces may have entities of the same name. */
export function patternFor(entity: string, connection: string | undefined): string {
  const name = connectionName(connection);
  return name === undefined ? entity : `${name}:${entity}`;
}

/** An object pattern's name can be no queue's. */
export function isObjectPattern(name: string): boolean {
  return name.startsWith('{');
}

function isHandlersForm(pattern: unknown): pattern is Record<string, unknown> {
  return typeof pattern === 'object' && pattern !== null && 'binding' in pattern;
}

function patternName(pattern: unknown): string {
  if (typeof pattern === 'string' && pattern !== '') return pattern;
  if (typeof pattern === 'object' && pattern !== null && Object.keys(pattern).length > 0) {
    return JSON.stringify(inOrder(pattern));
  }
  throw wrongPattern(pattern);
}

/** With its keys in order, so that one pattern has one name. */
function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => a.localeCompare(b));
  return Object.fromEntries(entries.map(([key, inner]) => [key, inOrder(inner)]));
}

function wrongPattern(pattern: unknown): ServiceBusConfigurationError {
  return new ServiceBusConfigurationError([
    `pattern ${JSON.stringify(pattern)}: expected a name, { binding, subject }, or an object such as { cmd: 'sum' }`,
  ]);
}
