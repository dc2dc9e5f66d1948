/** The part of a socket that rhea writes to. */
export interface WritingSocket {
  cork?(): void;
  uncork?(): void;
  write?(bytes: Buffer, ...others: unknown[]): boolean;
  end?(...others: unknown[]): unknown;
}

/** Up to here, copying the frames costs less than handing each of them to the system. */
const MAX_COPIED_BYTES = 64 * 1_024;

/**
 * Keeps what is written to a socket during a turn, and writes it there in one piece. A WebSocket gets each frame by
 * itself: it cannot be corked.
 */
export class WrittenTogether {
  private frames: Buffer[] | undefined;
  private bytes = 0;
  private readonly writeNow: (bytes: Buffer, ...others: unknown[]) => boolean;

  constructor(readonly socket: WritingSocket) {
    const write = (this.writeNow = socket.write?.bind(socket) ?? (() => true));
    if (!socket.cork || !socket.write) return;
    const end = socket.end?.bind(socket);
    socket.write = (bytes, ...others) => {
      if (!this.frames) return write(bytes, ...others);
      this.frames.push(bytes);
      this.bytes += bytes.length;
      return true;
    };
    // rhea ends a connection as soon as it has written its last frame.
    socket.end = (...others) => {
      this.end();
      return end?.(...others);
    };
  }

  begin(): void {
    if (this.socket.cork) this.frames = [];
  }

  end(): void {
    const { socket, frames, bytes, writeNow } = this;
    this.frames = undefined;
    this.bytes = 0;
    const [first, ...others] = frames ?? [];
    if (!frames || !first) return;
    if (others.length === 0) writeNow(first);
    else if (bytes <= MAX_COPIED_BYTES) writeNow(Buffer.concat(frames, bytes));
    else {
      socket.cork?.();
      for (const frame of frames) writeNow(frame);
      socket.uncork?.();
    }
  }
}
