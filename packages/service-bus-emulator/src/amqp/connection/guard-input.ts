import { type Connection } from 'rhea';

import { FrameGuard } from '../frame-guard/frame-guard.js';
import { privateConnection } from '../rhea-private.js';

const MIN_TIMEOUT_MS = 1_000;
// setTimeout takes a signed 32-bit number of milliseconds.
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

export interface InputGuard {
  readonly maxFrameSize: number;
  /** Called before each chunk; false discards it. */
  readonly admit: () => boolean;
  /** Called when the client has sent something that must not reach rhea: stop reading from it. */
  readonly refuse: (description: string) => void;
}

/** Passes only well-formed input to rhea. */
export function guardInput(connection: Connection, { maxFrameSize, admit, refuse }: InputGuard): void {
  const target = privateConnection(connection);
  const guard = new FrameGuard({
    maxFrameSize,
    authenticated: () => target.sasl_transport.transports[3].transport.read_complete,
  });
  const input = target.input.bind(target);
  target.input = (chunk: Buffer) => {
    if (!admit()) return;
    try {
      guard.check(chunk, input);
    } catch (error) {
      refuse(error instanceof Error ? error.message : String(error));
    }
  };
}

/** Limits the rate of heartbeats that a client can ask for when it opens its connection. */
export function limitHeartbeats(connection: Connection): void {
  const { open } = privateConnection(connection).remote;
  // rhea sets a timer to half of this time, which must not overflow either.
  if (open.idle_time_out)
    open.idle_time_out = Math.min(Math.max(open.idle_time_out, MIN_TIMEOUT_MS), MAX_TIMEOUT_MS);
}
