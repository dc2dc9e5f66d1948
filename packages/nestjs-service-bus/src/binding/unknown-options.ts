import { nearestName } from './nearest-name.js';

type NamesOf<Options> = Options extends unknown ? keyof Options : never;

/** The names that an options object may have; the compiler asks for every one of them. */
export type OptionNames<Options> = Readonly<Record<NamesOf<Options>, true>>;

/**
 * One problem for each name that is not known, with the nearest one that is. `place` stands before the names of an
 * object inside the options: `retry.`.
 */
export function unknownOptions(
  given: unknown,
  known: Readonly<Record<string, true>>,
  place = '',
  shown = place,
): string[] {
  if (typeof given !== 'object' || given === null) return [];
  const names = Object.keys(known);
  return Object.keys(given)
    .filter((name) => !Object.hasOwn(known, name))
    .map((name) => {
      const near = nearestName(name, names);
      const remedy =
        near === undefined ? `, known are ${names.join(', ')}` : `: did you mean ${shown}${near}?`;
      return `${place}${name} is not known${remedy}`;
    });
}
