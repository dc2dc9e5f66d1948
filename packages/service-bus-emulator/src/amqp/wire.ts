import { type Duplex } from 'node:stream';

// [AMQP 2.4.5] A frame without a body may be sent at any time.
const EMPTY_FRAME = Buffer.from([0, 0, 0, 8, 2, 0, 0, 0]);
// What may wait for a client that reads slowly, besides what the system keeps for it.
const MAX_WAITING_BYTES = 1024 * 1024;

/** A connection's way out: what is written within one turn of the event loop leaves in one piece. */
export class Wire {
  #corked = false;

  constructor(
    private readonly socket: Duplex,
    /** Called when there is room again. */
    emptied: () => void,
  ) {
    socket.on('drain', emptied);
  }

  /** Whether messages had better wait until the client has read some. */
  get isFull(): boolean {
    return this.socket.writableLength > MAX_WAITING_BYTES;
  }

  write(frame: Buffer): void {
    if (this.socket.writableEnded || this.socket.destroyed) return;
    this.gather();
    this.socket.write(frame);
  }

  /**
   * Gathers all writes, rhea's too, until the turn is over. `reply`: something goes out in any case. A client whose
   * socket waits for acknowledgements before it sends more (Nagle's algorithm, which the SDK leaves on) would else
   * wait for some 40 ms after each flow that needs no answer, until the system acknowledges it by itself.
   */
  gather(reply = false): void {
    if (this.#corked) return;
    this.#corked = true;
    this.socket.cork();
    const waiting = this.socket.writableLength;
    setImmediate(() => {
      this.#corked = false;
      if (reply && this.socket.writableLength === waiting && this.socket.writable)
        this.socket.write(EMPTY_FRAME);
      this.socket.uncork();
    });
  }
}
