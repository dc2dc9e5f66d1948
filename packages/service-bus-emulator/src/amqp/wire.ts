import { type Duplex } from 'node:stream';

// [AMQP 2.4.5] A frame without a body may be sent at any time.
const EMPTY_FRAME = Buffer.from([0, 0, 0, 8, 2, 0, 0, 0]);
// The most that is buffered for a slow client, in addition to the system's own buffer.
const MAX_WAITING_BYTES = 1024 * 1024;

/** The output of a connection: what is written within one turn of the event loop is sent in one piece. */
export class Wire {
  #corked = false;

  constructor(
    private readonly socket: Duplex,
    /** Called when the buffer is empty again. */
    emptied: () => void,
  ) {
    socket.on('drain', emptied);
  }

  /** Whether messages should wait until the client has read some. */
  get isFull(): boolean {
    return this.socket.writableLength > MAX_WAITING_BYTES;
  }

  write(frame: Buffer): void {
    if (this.socket.writableEnded || this.socket.destroyed) return;
    this.gather();
    this.socket.write(frame);
  }

  /**
   * Collects all writes, including rhea's, until the end of the turn. With `reply` it sends an empty frame if there is
   * nothing else. Otherwise a client with Nagle's algorithm, which the SDK leaves on, would wait some 40 ms after each
   * flow that needs no answer, until the system acknowledges it.
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
