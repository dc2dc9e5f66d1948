/** The process dies, its connections to the database break, the database falls over, or its connections to the bus break. */
export const CRASH_KINDS = ['kill', 'cut', 'restart', 'drop'] as const;
export type CrashKind = (typeof CRASH_KINDS)[number];

/** While the answer is awaited, when nobody knows whether it was done; and behind it, before the next one. */
const around = <What extends string>(what: readonly What[]): (`during ${What}` | `after ${What}`)[] =>
  what.flatMap((one) => [`during ${one}`, `after ${one}`] as const);

const QUEUES = ['orders', 'ledger', 'results'] as const;

/** Every place between two statements, two sends, or one of each. */
export const CRASH_POINTS = [
  ...around(['order BEGIN', 'order SELECT', 'order INSERT', 'order add 1', 'order add 2', 'order COMMIT']),
  ...around(['handler BEGIN', 'handler mark', 'handler INSERT', 'handler add', 'handler COMMIT']),
  ...around(['completion']),
  ...around(['claim', 'fetch', 'settle']),
  ...QUEUES.map((queue) => `before sending to ${queue}` as const),
  ...around(QUEUES.map((queue) => `sending to ${queue}` as const)),
] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

/** What happens to a worker, when it passes a point for the `passing`th time. */
export interface Accident {
  readonly kind: CrashKind;
  readonly point: CrashPoint;
  readonly passing: number;
}

/** One life of a worker; a life without an accident goes on until all is done. */
export interface Life {
  readonly accident?: Accident;
}

/** What a worker is told. */
export interface WorkerOrders extends Life {
  readonly bus: string;
  readonly database: string;
  readonly schema: string;
  readonly keys: readonly string[];
  readonly messagesPerKey: number;
}

/** So many seeds have each kind at each point as their first accident. */
export const ALL_ACCIDENTS = CRASH_KINDS.length * CRASH_POINTS.length;
/** Points are that far apart from one seed to the next of a kind: a few seeds see something of everything. */
const STRIDE = 17;

/** A seed's accidents, always the same for the same seed; the last life has none. */
export function livesOf(seed: number): Life[] {
  const random = randomOf(seed);
  const number = (below: number): number => Math.floor(random() * below);
  const round = Math.floor(seed / CRASH_KINDS.length) + (seed % CRASH_KINDS.length) * 7;
  const point = CRASH_POINTS[(round * STRIDE) % CRASH_POINTS.length] as CrashPoint;
  const first: Accident = {
    kind: CRASH_KINDS[seed % CRASH_KINDS.length] as CrashKind,
    point,
    // Of looks there may be two only: all messages may come before the first one.
    passing: 1 + number(/claim|fetch|settle/.test(point) ? 2 : 4),
  };
  const others = Array.from({ length: number(3) }, () => ({
    kind: CRASH_KINDS[number(CRASH_KINDS.length)] as CrashKind,
    point: CRASH_POINTS[number(CRASH_POINTS.length)] as CrashPoint,
    passing: 1 + number(12),
  }));
  return [...[first, ...others].map((accident) => ({ accident })), {}];
}

/** [mulberry32] */
function randomOf(seed: number): () => number {
  let state = seed * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
