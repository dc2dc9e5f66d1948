import { parseArgs } from 'node:util';

/** The options of the command line. */
export interface Options {
  readonly only: readonly string[] | undefined;
  readonly work: readonly string[] | undefined;
  readonly rounds: number;
  readonly quick: boolean;
  readonly json: boolean;
  /** Writes the tables into RESULTS.md. */
  readonly results: boolean;
  readonly install: boolean;
  readonly memory: boolean;
  readonly start: boolean;
  readonly growth: boolean;
  readonly workers: boolean;
  readonly distance: boolean;
  /** All of these one after the other, each written into RESULTS.md when it is done. */
  readonly all: boolean;
  readonly profile: string | undefined;
}

export const USAGE = `npm run bench [-- options]

By default, measures throughput and latency of all candidates, side by side.

  --memory        one process of A, 1,000,000 messages: does its memory stay flat?
  --start         cold start until ready, compared with an empty Nest application
  --growth        cost per message with 1 and 500 handlers, 1 and 200 bindings, 1 and 4,000 sessions
  --workers       the whole service with WORKERS=1 and WORKERS=2, with a CPU-bound handler
  --distance      with a network of 2, 10 and 50 ms between the candidates and the broker, and with none
  --all           all of these and the default one after the other, each written into bench/RESULTS.md at once
  --profile ID    where the time and the allocations of a candidate go

  --only A,B      only these candidates
  --work NAMES    only these of 100-bytes, 1-kilobyte, 64-kilobytes and latency; with --distance those that begin
                  so: 10ms, say, or 10ms-16-work, 2ms-100, 50ms-sessions, 10ms-client
  --rounds N      number of rounds, 5 by default
  --quick         few messages and 2 rounds, to check that it works
  --json          print the figures as JSON
  --results       write the tables into bench/RESULTS.md
  --install       first install the packages of candidates D, E and F
`;

/** Throws a TypeError that names the wrong option. */
export function readOptions(commandLine: readonly string[]): Options {
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args: [...commandLine],
    options: {
      only: { type: 'string' },
      work: { type: 'string' },
      rounds: { type: 'string' },
      profile: { type: 'string' },
      quick: flag,
      json: flag,
      results: flag,
      install: flag,
      memory: flag,
      start: flag,
      growth: flag,
      workers: flag,
      distance: flag,
      all: flag,
    },
  });
  const rounds = Number(values.rounds ?? (values.quick ? 2 : 5));
  if (!Number.isInteger(rounds) || rounds < 1) throw new TypeError(`--rounds ${values.rounds}: from 1`);
  return {
    ...values,
    rounds,
    only: values.only?.split(',').map((id) => id.trim().toUpperCase()),
    work: values.work?.split(',').map((name) => name.trim()),
    profile: values.profile?.toUpperCase(),
  };
}
