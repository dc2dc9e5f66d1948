import { type Variables } from '../config/index.js';

/** Of a stream, what tells a terminal from a file or a pipe. */
interface Output {
  readonly isTTY?: boolean;
}

/**
 * Returns whether lines of the log may have colours: only where every output is a terminal, so that no file gets
 * escape codes. `NO_COLOR` (any value) switches them off [no-color.org]; `FORCE_COLOR` (not 0 or false) on.
 */
export function mayColor(
  { NO_COLOR: noColor = '', FORCE_COLOR: forceColor = '' }: Variables,
  outputs: readonly Output[],
): boolean {
  if (noColor !== '') return false;
  if (forceColor !== '') return !['0', 'false'].includes(forceColor.toLowerCase());
  return outputs.every(({ isTTY = false }) => isTTY);
}
