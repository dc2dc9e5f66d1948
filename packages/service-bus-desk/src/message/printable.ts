/** What no text of a stranger may do to a terminal: move its cursor, colour it, set its title, turn its direction. */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Makes the text of a message fit for a terminal. */
export function printable(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(CONTROL, '\ufffd');
}

/** The same, on one line, and no longer than so many characters. */
export function oneLine(text: string, maxLength = Infinity): string {
  const line = printable(text).replaceAll(/\s+/g, ' ').trim();
  return line.length > maxLength ? `${line.slice(0, Math.max(0, maxLength - 1))}…` : line;
}
