/** Workers keep exiting, or did not stop cleanly: `problems` has a line for each. */
export class WorkersError extends Error {
  override readonly name = 'WorkersError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}
