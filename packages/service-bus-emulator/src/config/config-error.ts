/** Something about a configuration file, and where in it: `place` is such as `UserConfig.Namespaces[0].Queues[2].Name`. */
export interface ConfigProblem {
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1. */
  readonly column: number;
  readonly place: string;
  readonly text: string;
}

/** A configuration file is invalid. The message has one line per problem, each with its place in the file. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(
    readonly file: string,
    readonly problems: readonly ConfigProblem[],
  ) {
    super(problems.map((problem) => describeProblem(file, problem)).join('\n'));
  }
}

/** Returns one line about a problem, in the form by which editors and terminals open the place. */
export function describeProblem(file: string, { line, column, place, text }: ConfigProblem): string {
  return `${file}:${line}:${column}: ${place === '' ? 'the file' : place}: ${text}`;
}
