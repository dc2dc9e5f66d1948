import { AnchorError } from './anchor.error.js';

/** Adds lines behind the last line that fits. */
export const addLinesAfter =
  (anchor, ...additions) =>
  (text) => {
    const lines = text.split('\n');
    const index = lines.findLastIndex((line) => anchor.test(line));
    if (index < 0) throw new AnchorError(`line like ${anchor.source}`);
    return lines.toSpliced(index + 1, 0, ...additions).join('\n');
  };

/** Replaces what fits, which has to be there. */
export const replace = (anchor, replacement) => (text) => {
  if (!anchor.test(text)) throw new AnchorError(`text like ${anchor.source}`);
  return text.replace(anchor, replacement);
};
