/** The name that was probably meant, or undefined if none is near. Case does not count. */
export function nearestName(given: string, names: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let least = Infinity;
  for (const name of names) {
    const distance = editDistance(given.toLowerCase(), name.toLowerCase());
    if (distance < least && isNear(given, name, distance)) [nearest, least] = [name, distance];
  }
  return nearest;
}

function isNear(given: string, name: string, distance: number): boolean {
  const [short = '', long = ''] = [given.toLowerCase(), name.toLowerCase()].sort(
    (a, b) => a.length - b.length,
  );
  // `delay` for `delayMs`, `attempts` for `maxAttempts`: a part that says most of it.
  if (short.length >= 4 && long.includes(short) && short.length * 2 >= long.length) return true;
  return distance <= Math.max(1, Math.floor(long.length / 4));
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one text into the other. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1];
      let cost = Math.min(
        at(previous, column) + 1,
        at(current, column - 1) + 1,
        at(previous, column - 1) + (isSame ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, at(before, column - 2) + 1);
      }
      current.push(cost);
    }
    [before, previous] = [previous, current];
  }
  return at(previous, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
