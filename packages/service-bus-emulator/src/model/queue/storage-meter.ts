/** How much is stored in a part of a namespace, and in all that it is a part of. */
export class StorageMeter {
  #bytes = 0;

  constructor(private readonly whole?: StorageMeter) {}

  /** Encoded size in bytes of all messages. */
  get bytes(): number {
    return this.#bytes;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
    this.whole?.add(bytes);
  }
}
