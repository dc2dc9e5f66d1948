/** Beyond it a line is of no use as a name, and somebody may make it as long as a message. */
const MAX_LENGTH = 200;
/** What is read of a text at most: replacing costs time. */
const MAX_READ = 1_000;

/**
 * What makes one occurrence of an error differ from the next, in the order in which it is replaced: what is quoted,
 * GUIDs, times, addresses, hexadecimal, ids of letters and digits, numbers.
 */
const VARIABLE: readonly (readonly [RegExp, string])[] = [
  [/"[^"]*"|`[^`]*`|(?<![\p{L}\d])'[^']*'(?![\p{L}\d])/gu, '<text>'],
  [/\b[\da-f]{8}-?[\da-f]{4}-?[\da-f]{4}-?[\da-f]{4}-?[\da-f]{12}\b/gi, '<id>'],
  [/\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?/g, '<time>'],
  [/\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\b/g, '<address>'],
  [/\b0x[\da-f]+\b/gi, '<hex>'],
  [/\b(?=[\da-f]*\d)(?=[\da-f]*[a-f])[\da-f]{8,}\b/gi, '<hex>'],
  // An id has a digit in it; what is joined to it by dashes and underscores belongs to it.
  [/(?<![\p{L}\d<])(?=[\p{L}_-]*\d)[\p{L}\d]+(?:[_-]+[\p{L}\d]+)*(?![\p{L}\d>])/gu, '<n>'],
];

/** Returns what occurrences of one error have in common: its first line, with all that varies replaced. */
export function errorSignature(text: string): string {
  const [line = ''] = text.slice(0, MAX_READ).trimStart().split(/\r?\n/, 1);
  let signature = line.trimEnd();
  for (const [pattern, name] of VARIABLE) signature = signature.replace(pattern, name);
  return signature.length > MAX_LENGTH ? `${signature.slice(0, MAX_LENGTH - 1)}…` : signature;
}
