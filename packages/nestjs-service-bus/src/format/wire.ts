import { readField, toText } from '../exceptions/read-thrown.js';
import { type Compression, type PayloadFormat, type WireOptions } from './payload-format.js';

/** How payloads are read and written; the first format writes. */
export interface Wire {
  readonly formats: readonly PayloadFormat[];
  /** The first one compresses; all decompress. */
  readonly compressions: readonly Compression[];
  /** Only messages of these formats are read. */
  readonly isStrict: boolean;
}

/** Puts options together, the nearest first; undefined where none of them says anything: all is as ever then. */
export function wireOf(options: readonly (WireOptions | undefined)[], isStrict = false): Wire | undefined {
  const formats = options.flatMap((one) => one?.formats ?? []);
  const compressions: Compression[] = [];
  for (const { compression } of options.filter((one) => one !== undefined)) {
    if (compression === false) break;
    if (compression) compressions.push(compression);
  }
  if (formats.length === 0 && compressions.length === 0 && !isStrict) return undefined;
  return { formats: [...new Set(formats)], compressions: [...new Set(compressions)], isStrict };
}

/** What is wrong with options that say what messages look like, one line each. */
export function wireProblems({ formats, compression }: WireOptions): string[] {
  const problems: string[] = [];
  if (formats !== undefined && !Array.isArray(formats)) {
    problems.push(`formats is ${kindOf(formats)}, allowed is an array of formats: [cloudEvents({ … })]`);
  } else {
    for (const [index, format] of (formats ?? []).entries()) {
      problems.push(...formatProblems(`formats[${index}]`, format));
    }
  }
  if (compression !== undefined && (compression as unknown) !== false) {
    problems.push(
      ...missing('compression', compression, ['contentEncoding'], ['compress', 'decompress'], 'gzip()'),
    );
  }
  return problems;
}

/** What is wrong with what was given as a format, one line each. */
export function formatProblems(name: string, format: unknown): string[] {
  return missing(name, format, ['contentType'], ['serialize', 'deserialize'], 'json() or cloudEvents({ … })');
}

function missing(
  name: string,
  value: unknown,
  texts: readonly string[],
  functions: readonly string[],
  example: string,
): string[] {
  if (typeof value === 'function') {
    return [`${name} is a function, allowed is what it returns: ${example}`];
  }
  if (typeof value !== 'object' || value === null) {
    return [`${name} is ${kindOf(value)}, allowed is an object like ${example}`];
  }
  const lacking = [
    ...texts.filter((field) => typeof readField(value, field) !== 'string' || readField(value, field) === ''),
    ...functions.filter((field) => typeof readField(value, field) !== 'function'),
  ];
  return lacking.length === 0 ? [] : [`${name} lacks ${lacking.join(' and ')}`];
}

function kindOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? 'an object' : toText(value);
}
