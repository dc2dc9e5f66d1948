import { parseArgs } from 'node:util';

/** What the command line asks for. */
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
  readonly profile: string | undefined;
}

export const USAGE = `npm run bench [-- options]

Without a measurement named: throughput and latency of all candidates, side by side.

  --memory        one process of A, 1,000,000 messages: does its memory stay flat?
  --start         cold start to ready, beside an empty Nest application
  --growth        cost per message with 1 and 500 handlers, 1 and 200 bindings, 1 and 10,000 sessions
  --workers       the whole service with WORKERS=1 and WORKERS=2, a handler bound by the processor
  --profile ID    where the time and the allocations of a candidate go

  --only A,B      these candidates only
  --work NAMES    of 100-bytes, 1-kilobyte, 64-kilobytes and latency, these only
  --rounds N      rounds, 5 by default
  --quick         few messages and 2 rounds: to see that it works
  --json          figures for machines, on standard output
  --results       write the tables into bench/RESULTS.md
  --install       first install the packages of candidates D, E and F
`;

/** Throws a TypeError that names what is wrong. */
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
