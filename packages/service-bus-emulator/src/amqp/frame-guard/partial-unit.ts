const EIGHT_TIMES = 8;

/** The first part of a frame (or protocol header) that is still incomplete, in one piece. */
export class PartialUnit {
  length = 0;
  #bytes = Buffer.alloc(0);

  /** What has arrived; valid until the next `take`. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Adds bytes of `chunk` from `offset` on until there are `wanted`; returns the offset after them. */
  take(chunk: Buffer, offset: number, wanted: number): number {
    const length = Math.min(wanted, this.length + chunk.length - offset);
    if (length > this.#bytes.length) this.#grow(length, wanted);
    const next = offset + length - this.length;
    chunk.copy(this.#bytes, this.length, offset, next);
    this.length = length;
    return next;
  }

  /** Returns the bytes and starts the next unit. */
  release(): Buffer {
    const bytes = this.#bytes.subarray(0, this.length);
    this.#bytes = Buffer.alloc(0);
    this.length = 0;
    return bytes;
  }

  // Grows in proportion to what has arrived, never to what was only declared; and doubles, so that a frame that arrives
  // byte by byte is not copied with each of them.
  #grow(length: number, wanted: number): void {
    const capacity = length * EIGHT_TIMES >= wanted ? wanted : length * 2;
    const bytes = Buffer.allocUnsafe(capacity);
    this.#bytes.copy(bytes, 0, 0, this.length);
    this.#bytes = bytes;
  }
}
