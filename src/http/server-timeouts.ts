/** How long a client may take, in milliseconds. None of these bounds the time that an answer takes. */
export interface ServerTimeouts {
  /** Until all headers have come. */
  readonly headersTimeoutMs: number;
  /** Until all of the request has come, its body included. */
  readonly requestTimeoutMs: number;
  /** Between two requests on a connection. */
  readonly keepAliveTimeoutMs: number;
  /** How often the server looks for those who take too long. */
  readonly checkIntervalMs: number;
}

/**
 * A connection stays open for longer than any usual load balancer keeps it (60 s; Azure Front Door 90 s): were we to
 * close first, a request on its way would meet a closed connection.
 */
export const SERVER_TIMEOUTS: ServerTimeouts = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 95_000,
  checkIntervalMs: 1_000,
};
