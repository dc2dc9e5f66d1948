/** Tells whether a whole text matches a pattern, with regard to case. */
export type LikeMatcher = (text: string) => boolean;

// The part of a pattern between two %. In `units`, null stands for _, any one UTF-16 code unit (a char of .NET).
interface Segment {
  readonly units: readonly (string | null)[];
  /** The part as text if it has no _: then the engine's own search can be used. */
  readonly literal: string | undefined;
}

// A computed pattern may be as long as a constant one can be in an expression: this bounds the work.
export const MAXIMUM_PATTERN_LENGTH = 1024;

/**
 * Compiles a pattern of LIKE; returns undefined if it is too long or ends with the escape character. The matcher
 * searches for the segments from left to right and never backtracks: the leftmost match leaves the most room for the
 * rest.
 */
export function compileLike(pattern: string, escape?: string): LikeMatcher | undefined {
  const segments = splitPattern(pattern, escape);
  const [first, ...others] = segments ?? [];
  if (first === undefined) return undefined;
  const last = others.pop();
  if (last === undefined) return (text) => text.length === first.units.length && fitsAt(first, text, 0);

  const inner = others.filter(({ units }) => units.length > 0);
  return (text) => {
    const end = text.length - last.units.length;
    if (end < first.units.length || !fitsAt(first, text, 0) || !fitsAt(last, text, end)) return false;
    let from = first.units.length;
    for (const segment of inner) {
      const found = findFrom(segment, text, from, end);
      if (found < 0) return false;
      from = found + segment.units.length;
    }
    return true;
  };
}

function splitPattern(pattern: string, escape: string | undefined): Segment[] | undefined {
  if (pattern.length > MAXIMUM_PATTERN_LENGTH) return undefined;
  const segments: (string | null)[][] = [[]];
  let isEscaped = false;
  // By code unit, not by code point, like the rest of this file.
  for (const unit of pattern.split('')) {
    if (isEscaped) {
      segments.at(-1)?.push(unit);
      isEscaped = false;
    } else if (unit === escape) isEscaped = true;
    else if (unit === '%') segments.push([]);
    else segments.at(-1)?.push(unit === '_' ? null : unit);
  }
  if (isEscaped) return undefined;
  return segments.map((units) => ({ units, literal: units.includes(null) ? undefined : units.join('') }));
}

function fitsAt({ units, literal }: Segment, text: string, at: number): boolean {
  if (literal !== undefined) return text.startsWith(literal, at);
  for (let index = 0; index < units.length; index += 1) {
    const unit = units[index];
    if (unit !== null && unit !== text[at + index]) return false;
  }
  return true;
}

/** Returns where the segment first matches between `from` and `end`, or -1. */
function findFrom(segment: Segment, text: string, from: number, end: number): number {
  const lastPlace = end - segment.units.length;
  if (segment.literal !== undefined) {
    const found = text.indexOf(segment.literal, from);
    return found <= lastPlace ? found : -1;
  }
  for (let at = from; at <= lastPlace; at += 1) if (fitsAt(segment, text, at)) return at;
  return -1;
}
