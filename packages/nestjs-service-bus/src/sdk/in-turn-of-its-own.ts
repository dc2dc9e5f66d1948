/**
 * Runs a settlement other than complete, alone in its turn of the event loop.
 *
 * rhea 3.0.5 writes the dispositions of one turn together, and puts the second one, if it is the first one's
 * neighbour, into the same range without a look at its outcome (session.js, write_dispositions): an abandon next
 * to a complete would go out as a complete, and its message would be lost. What rhea has been told before this
 * turn is written by now, and what this turn tells it is written before any other can add to it. Completes need
 * none of this: next to each other they may share a range.
 */
export function inTurnOfItsOwn<T>(settle: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      settle().then(resolve, reject);
    });
  });
}
