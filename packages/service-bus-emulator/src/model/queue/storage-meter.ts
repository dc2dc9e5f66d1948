/** Counts the bytes stored in one part of a namespace, and adds them to the whole that it is part of. */
export class StorageMeter {
  #bytes = 0;

  constructor(private readonly whole?: StorageMeter) {}

  get bytes(): number {
    return this.#bytes;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
    this.whole?.add(bytes);
  }
}
