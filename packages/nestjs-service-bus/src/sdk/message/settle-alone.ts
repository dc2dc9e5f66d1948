/**
 * Runs a settlement other than a completion, alone in its turn of the event loop.
 *
 * rhea 3.0.5 writes the dispositions of one turn together. If the second one is the neighbour of the first, it joins
 * the range without a look at its outcome (session.js, write_dispositions): an abandon next to a completion would go
 * out as a completion, and its message would be lost. By this turn rhea has written all that it was told before, and
 * it writes what it is told now before anything else can join. Completions need none of this: they may share a range.
 */
export function settleAlone<T>(settle: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      settle().then(resolve, reject);
    });
  });
}
