const KIBIBYTE = 1024;
const MEBIBYTE = 1024 * KIBIBYTE;
/** Of a client that has proved nothing yet: space for a token, and nobody sends that in pieces. */
const MAX_UNPROVED_BYTES = 512 * KIBIBYTE;
/** Of all clients together; those that have proved nothing get less of it. */
const MAX_ALL_BYTES = 512 * MEBIBYTE;
const MAX_ALL_FOR_UNPROVED_BYTES = 64 * MEBIBYTE;

/** The memory that the begun transfers of all connections take. */
export class TransferMemory {
  bytes = 0;
}

/**
 * Bounds the memory of transfers that one client has begun and not completed. What a link may take is bounded by its
 * entity's largest message, but the number of links is the client's choice.
 */
export class UnfinishedTransfers {
  #bytes = 0;
  #isEnded = false;

  constructor(
    private readonly all: TransferMemory,
    private readonly isProved: () => boolean,
  ) {}

  /** Whether the connection has ended. What was read together with its last frame may still come. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Takes memory; false if there is none left for this client. */
  take(bytes: number): boolean {
    if (this.#isEnded) return false;
    const isProved = this.isProved();
    if (!isProved && this.#bytes + bytes > MAX_UNPROVED_BYTES) return false;
    if (this.all.bytes + bytes > (isProved ? MAX_ALL_BYTES : MAX_ALL_FOR_UNPROVED_BYTES)) return false;
    this.#bytes += bytes;
    this.all.bytes += bytes;
    return true;
  }

  give(bytes: number): void {
    if (this.#isEnded) return;
    this.#bytes -= bytes;
    this.all.bytes -= bytes;
  }

  /** The connection has ended, and everything with it: nothing is taken or given any more. */
  giveAll(): void {
    this.give(this.#bytes);
    this.#isEnded = true;
  }
}
