/** What happens at a step: the process dies, its connections to the database break, or the database falls over. */
export type CrashKind = 'kill' | 'cut' | 'restart';

/** One life of a worker: at its `step`th step something happens; undefined for a life without accidents. */
export interface Life {
  readonly crash?: { readonly kind: CrashKind; readonly step: number };
}

/** What a worker is told. */
export interface WorkerOrders extends Life {
  readonly bus: string;
  readonly database: string;
  readonly schema: string;
  readonly keys: readonly string[];
  readonly messagesPerKey: number;
}

const KINDS: readonly CrashKind[] = ['kill', 'cut', 'restart'];
/** About as many steps as the work of a seed takes: crashes happen anywhere in it. */
const MAX_STEP = 320;

/** A seed's accidents, always the same for the same seed; the last life has none. */
export function livesOf(seed: number): Life[] {
  const random = randomOf(seed);
  const accidents = 1 + Math.floor(random() * 3);
  const lives = Array.from({ length: accidents }, (_, index) => {
    // Each kind is the first accident of every third seed.
    const kind = KINDS[index === 0 ? seed % 3 : Math.floor(random() * 3)] ?? 'kill';
    return { crash: { kind, step: 1 + Math.floor(random() * MAX_STEP) } };
  });
  return [...lives, {}];
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
