/** Workers do not stay at work, or have not ended as they should: `problems` has a line for each. */
export class WorkersError extends Error {
  override readonly name = 'WorkersError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}
