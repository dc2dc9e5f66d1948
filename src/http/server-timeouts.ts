/** How long a client may take, in milliseconds. None of these limits how long a response takes. */
export interface ServerTimeouts {
  /** To send all headers. */
  readonly headersTimeoutMs: number;
  /** To send the whole request, including its body. */
  readonly requestTimeoutMs: number;
  /** To send another request on the same connection. */
  readonly keepAliveTimeoutMs: number;
  /** How often the server checks for clients that take too long. */
  readonly checkIntervalMs: number;
}

/**
 * A connection stays open for longer than load balancers keep it (60 s; Azure Front Door 90 s): if we closed it
 * first, a request could arrive at a closed connection.
 */
export const SERVER_TIMEOUTS: ServerTimeouts = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 95_000,
  checkIntervalMs: 1_000,
};
