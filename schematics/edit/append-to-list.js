/** The text with `item` as the last one of a list of which the syntax tree is given. */
export function appendToList(text, source, list, items, item) {
  const last = items.at(-1);
  if (last === undefined) return insert(text, list.getEnd() - 1, item);
  // A line of its own if the last one has that.
  const before = text.slice(items.at(-2)?.getEnd() ?? list.getStart(source) + 1, last.getStart(source));
  return insert(text, last.getEnd(), `,${before.includes('\n') ? '\n' : ' '}${item}`);
}

/** The text with an addition at a position. */
export function insert(text, position, addition) {
  return text.slice(0, position) + addition + text.slice(position);
}
