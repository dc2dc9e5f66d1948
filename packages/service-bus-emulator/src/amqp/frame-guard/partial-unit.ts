const EIGHT_TIMES = 8;

/** The beginning of a frame (or protocol header) whose end has not come yet, gathered in one piece. */
export class PartialUnit {
  length = 0;
  #bytes = Buffer.alloc(0);

  /** What has come; valid until the next `take`. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Takes bytes of `chunk` from `offset` on until there are `wanted`, and returns the offset after them. */
  take(chunk: Buffer, offset: number, wanted: number): number {
    const length = Math.min(wanted, this.length + chunk.length - offset);
    if (length > this.#bytes.length) this.#grow(length, wanted);
    const next = offset + length - this.length;
    chunk.copy(this.#bytes, this.length, offset, next);
    this.length = length;
    return next;
  }

  /** Hands the bytes over and begins anew. */
  release(): Buffer {
    const bytes = this.#bytes.subarray(0, this.length);
    this.#bytes = Buffer.alloc(0);
    this.length = 0;
    return bytes;
  }

  // In proportion to what has come, never to what was only declared, and doubling, lest a frame that trickles in byte
  // by byte is copied again with each.
  #grow(length: number, wanted: number): void {
    const capacity = length * EIGHT_TIMES >= wanted ? wanted : length * 2;
    const bytes = Buffer.allocUnsafe(capacity);
    this.#bytes.copy(bytes, 0, 0, this.length);
    this.#bytes = bytes;
  }
}
