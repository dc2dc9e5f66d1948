import fc from 'fast-check';

import { type Outcome } from '../../../../src/model/queue/outcome.js';
import { type OracleSettings } from './oracle-queue.js';

/** A number that selects one of the existing things when the command runs. */
export type Choice = number;

/** A command to a namespace. */
export type ModelCommand =
  | {
      readonly type: 'send';
      readonly target: Choice;
      readonly messages: readonly {
        readonly session: Choice;
        readonly timeToLiveMs: number | null;
        readonly delayMs: number | null;
        readonly isRed: boolean;
        readonly repeats: Choice | null;
      }[];
    }
  | { readonly type: 'cancel'; readonly choices: readonly Choice[] }
  | {
      readonly type: 'attach';
      readonly source: Choice;
      readonly takesLocks: boolean;
      readonly credit: number;
    }
  | {
      readonly type: 'accept';
      readonly queue: Choice;
      readonly session: Choice | null;
      readonly waitMs: number;
    }
  | { readonly type: 'detach'; readonly receiver: Choice; readonly releaseLocks: boolean }
  | { readonly type: 'flow'; readonly receiver: Choice; readonly credit: number; readonly drain: boolean }
  | { readonly type: 'settle'; readonly lock: Choice; readonly outcome: Outcome['type'] }
  | { readonly type: 'settle-ended'; readonly lock: Choice }
  | { readonly type: 'renew'; readonly lock: Choice }
  | { readonly type: 'renew-session'; readonly queue: Choice; readonly session: Choice }
  | { readonly type: 'set-state'; readonly queue: Choice; readonly session: Choice }
  | {
      readonly type: 'receive-deferred';
      readonly queue: Choice;
      readonly choices: readonly Choice[];
      readonly takesLocks: boolean;
    }
  | { readonly type: 'delete-messages'; readonly queue: Choice; readonly maxCount: number }
  | { readonly type: 'peek'; readonly queue: Choice; readonly from: number; readonly maxCount: number }
  | { readonly type: 'update'; readonly queue: Choice; readonly change: Partial<OracleSettings> }
  | { readonly type: 'advance'; readonly byMs: number; readonly isLate: boolean };

export type CommandOf<T extends ModelCommand['type']> = Extract<ModelCommand, { type: T }>;

/** The session ids of messages; undefined for none. */
export const SESSIONS = ['a', 'b', 'c', undefined];

/** Returns the element that a choice selects; undefined if there are none. */
export function pick<T>(from: readonly T[], choice: Choice): T | undefined {
  return from[choice % from.length];
}

const choice = fc.nat({ max: 20 });
const few = fc.array(choice, { minLength: 1, maxLength: 3 });
const sessionOrNext: fc.Arbitrary<Choice | null> = fc.option(fc.nat({ max: 3 }), { freq: 1 });
const credit = fc.integer({ min: 0, max: 5 });
const one = <const T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

const message = fc.record({
  session: fc.nat({ max: 3 }),
  timeToLiveMs: fc.option(fc.integer({ min: 1, max: 80 }), { freq: 2 }),
  delayMs: fc.option(fc.integer({ min: -5, max: 60 }), { freq: 2 }),
  isRed: fc.boolean(),
  repeats: fc.option(choice, { freq: 3 }),
});
const change: fc.Arbitrary<Partial<OracleSettings>> = fc.oneof(
  fc.record({ lockDurationMs: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ maxDeliveryCount: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ timeToLiveMs: one(20, 100, Infinity) }),
  fc.record({ deadLettersExpired: fc.boolean() }),
  fc.record({ status: one('Active', 'Active', 'Disabled', 'SendDisabled', 'ReceiveDisabled') }),
  fc.record({ forwardTo: one(undefined, 'unique') }),
  fc.record({ forwardDeadLettersTo: one(undefined, 'plain', 'sessions') }),
);

const weighted: [number, fc.Arbitrary<ModelCommand>][] = [
  [
    8,
    fc.record({
      type: fc.constant('send'),
      target: choice,
      messages: fc.array(message, { minLength: 1, maxLength: 4 }),
    }),
  ],
  [1, fc.record({ type: fc.constant('cancel'), choices: few })],
  [4, fc.record({ type: fc.constant('attach'), source: choice, takesLocks: one(true, true, false), credit })],
  [
    4,
    fc.record({
      type: fc.constant('accept'),
      queue: choice,
      session: sessionOrNext,
      waitMs: fc.integer({ min: 1, max: 60 }),
    }),
  ],
  [2, fc.record({ type: fc.constant('detach'), receiver: choice, releaseLocks: fc.boolean() })],
  [6, fc.record({ type: fc.constant('flow'), receiver: choice, credit, drain: one(false, false, true) })],
  [
    8,
    fc.record({
      type: fc.constant('settle'),
      lock: choice,
      outcome: one('complete', 'abandon', 'abandon', 'defer', 'defer', 'dead-letter'),
    }),
  ],
  [1, fc.record({ type: fc.constant('settle-ended'), lock: choice })],
  [2, fc.record({ type: fc.constant('renew'), lock: choice })],
  [2, fc.record({ type: fc.constant('renew-session'), queue: choice, session: fc.nat({ max: 3 }) })],
  [1, fc.record({ type: fc.constant('set-state'), queue: choice, session: fc.nat({ max: 3 }) })],
  [
    3,
    fc.record({
      type: fc.constant('receive-deferred'),
      queue: choice,
      choices: few,
      takesLocks: fc.boolean(),
    }),
  ],
  [
    1,
    fc.record({
      type: fc.constant('delete-messages'),
      queue: choice,
      maxCount: fc.integer({ min: 0, max: 3 }),
    }),
  ],
  [
    1,
    fc.record({
      type: fc.constant('peek'),
      queue: choice,
      from: fc.integer({ min: 0, max: 20 }),
      maxCount: fc.integer({ min: 0, max: 5 }),
    }),
  ],
  [2, fc.record({ type: fc.constant('update'), queue: choice, change })],
  [
    8,
    fc.record({
      type: fc.constant('advance'),
      byMs: fc.integer({ min: 0, max: 45 }),
      isLate: one(false, false, true),
    }),
  ],
];

/** Any command; the common ones are more frequent. */
export const modelCommand: fc.Arbitrary<ModelCommand> = fc.oneof(
  ...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary })),
);
