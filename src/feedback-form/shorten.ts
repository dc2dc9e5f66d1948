const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** At most `length` of a text's characters as a reader counts them, cut after a word where one ends near, with … */
export function shorten(text: string, length: number): string {
  const characters: string[] = [];
  for (const { segment } of graphemes.segment(text)) {
    characters.push(segment);
    if (characters.length > length) break;
  }
  if (characters.length <= length) return text;
  const cut = characters.slice(0, length - 1).join('');
  const lastBlank = cut.search(/\s\S*$/);
  return `${lastBlank > cut.length / 2 ? cut.slice(0, lastBlank) : cut}…`;
}
