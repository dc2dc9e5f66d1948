/** How many inputs a campaign has: few in every run of the tests, as many as wanted with FUZZ_INPUTS. */
export const FUZZ_INPUTS = Number(process.env['FUZZ_INPUTS'] ?? 8_000);

/** Long enough for any machine: a campaign is bounded by its inputs, not by time. */
export const FUZZ_TIMEOUT_MS = Math.max(60_000, FUZZ_INPUTS * 2);

// Codes of compound and empty types, and the extremes: what the structure of AMQP bytes hangs on.
const TELLING_BYTES = [0x00, 0x01, 0x40, 0x45, 0x53, 0x80, 0xa1, 0xc0, 0xc1, 0xd0, 0xd1, 0xe0, 0xf0, 0xff];
const MOST_CHANGES = 4;

/** Makes the same inputs from the same seed: random bytes, and valid ones with some changes. */
export class FuzzBytes {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** A whole number from 0 to below the limit. */
  below(limit: number): number {
    // mulberry32
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }

  random(maxLength: number): Buffer {
    return Buffer.from(Array.from({ length: this.below(maxLength + 1) }, () => this.#byte()));
  }

  /** A copy of the bytes with one to four changes. */
  mutate(bytes: Buffer): Buffer {
    let changed: Buffer = Buffer.from(bytes);
    for (let changes = this.below(this.below(MOST_CHANGES) + 1); changes >= 0; changes--)
      changed = this.#change(changed);
    return changed;
  }

  #change(bytes: Buffer): Buffer {
    const at = this.below(bytes.length + 1);
    const length = Math.min(this.below(9), bytes.length - at);
    const before = bytes.subarray(0, at);
    const after = bytes.subarray(at + length);
    switch (this.below(7)) {
      case 0:
        return Buffer.from(before);
      case 1:
        return Buffer.concat([before, after]);
      case 2:
        return Buffer.concat([before, bytes.subarray(at, at + length), bytes.subarray(at)]);
      case 3:
        return Buffer.concat([before, this.random(8), after]);
      case 4:
        return this.#set(bytes, at, Buffer.of(this.#byte(), this.#byte(), this.#byte(), this.#byte()));
      case 5:
        return this.#set(bytes, at, Buffer.of((bytes[at] ?? 0) ^ (1 << this.below(8))));
      default:
        return this.#set(bytes, at, Buffer.of(this.pick(TELLING_BYTES)));
    }
  }

  #set(bytes: Buffer, at: number, values: Buffer): Buffer {
    values.copy(bytes, at);
    return bytes;
  }

  #byte(): number {
    return this.below(2) === 0 ? this.pick(TELLING_BYTES) : this.below(256);
  }
}

/** Watches that a campaign's memory stays flat. */
export class MemoryWatch {
  readonly #start = MemoryWatch.#used();
  #inputs = 0;
  most = 0;

  static #used(): number {
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  }

  sample(): void {
    if (++this.#inputs % 1_000 === 0) this.most = Math.max(this.most, MemoryWatch.#used() - this.#start);
  }
}
