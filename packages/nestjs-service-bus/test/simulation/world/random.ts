/** A seeded random number generator (Marsaglia's xorshift, mixed at the start). */
export class Random {
  private state: number;

  constructor(seed: number) {
    // Mix the seed, so that neighbouring seeds give unrelated numbers.
    let mixed = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    this.state = (mixed ^ (mixed >>> 16)) >>> 0 || 1;
    for (let round = 0; round < 8; round++) this.next();
  }

  /** 0 ≤ x < 1. */
  next(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x >>> 0;
    return this.state / 2 ** 32;
  }

  /** An integer between both bounds, inclusive. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.between(0, choices.length - 1)] ?? choices[0];
  }

  /** A new generator whose numbers do not depend on how many more this one returns. */
  fork(): Random {
    return new Random(Math.floor(this.next() * 2 ** 32));
  }
}
