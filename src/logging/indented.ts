const LINE_BREAK = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;
const INDENT = '    ';

/**
 * A text for people's logs, in which only its first line can be taken for a line of the log: names, ids and error
 * messages come from outside, and may have line breaks and a terminal's control characters in them.
 */
export function indented(text: string): string {
  return text
    .split(LINE_BREAK)
    .map((line) => line.replace(/(?!\t)\p{Cc}/gu, ' '))
    .map((line, index) => (index === 0 || /^\s/.test(line) ? line : INDENT + line))
    .join('\n');
}
