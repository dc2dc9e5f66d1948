import { toText } from '../exceptions/read-thrown.js';
import { nearestName } from './nearest-name.js';

/** The name of the connection that a `forRoot` without a name opens. */
export const DEFAULT_CONNECTION = 'default';

/** Undefined for the connection without a name, which `default` means as well; what is no text becomes one. */
export function connectionName(name: string | undefined): string | undefined {
  if (name === undefined || name === DEFAULT_CONNECTION) return undefined;
  return typeof name === 'string' ? name : toText(name);
}

/** For people: `the connection "reports"`. */
export function nameConnection(name: string | undefined): string {
  return name === undefined ? 'the connection without a name' : `the connection "${name}"`;
}

/** Stands behind what a line tells of, where it belongs to a connection with a name. */
export function ofConnection(name: string | undefined): string {
  return name === undefined ? '' : ` of "${name}"`;
}

/** What is wrong with the name of a connection, in words that go on after the name of the option; undefined if nothing. */
export function connectionNameProblem(name: unknown): string | undefined {
  if (name === undefined) return undefined;
  if (name === '') return 'is empty';
  const isName = typeof name === 'string' && name.trim() !== '';
  if (isName) return name.trim() === name ? undefined : `is ${JSON.stringify(name)}, with blanks around it`;
  return `is ${typeof name === 'symbol' ? toText(name) : JSON.stringify(name)}, and must be a name`;
}

/** Says that nobody opens a connection, what there is, and what was probably meant. */
export function unknownConnection(
  by: string,
  name: string | undefined,
  known: readonly (string | undefined)[],
): string {
  const named = known.filter((one) => one !== undefined);
  const all = [
    ...(known.includes(undefined) ? ['the one without a name'] : []),
    ...named.map((one) => `"${one}"`),
  ].join(' and ');
  if (name === undefined) {
    return `${by} names no connection, and each forRoot has a name: add connection: '…', there is ${all}`;
  }
  const near = nearestName(name, named);
  const problem = near === undefined ? connectionNameProblem(name) : undefined;
  if (problem !== undefined) return `${by}: connection ${problem}, there is ${all}`;
  const remedy =
    near === undefined ? `add ServiceBusModule.forRoot({ name: '${name}', … })` : `did you mean "${near}"?`;
  return `${by} names the connection "${name}", and no forRoot has that name, there is ${all}: ${remedy}`;
}
