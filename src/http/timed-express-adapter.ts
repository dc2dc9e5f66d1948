import { ExpressAdapter } from '@nestjs/platform-express';
import { createServer, type RequestListener, type Server } from 'node:http';

import { SERVER_TIMEOUTS, type ServerTimeouts } from './server-timeouts.js';

/** Express on a server that waits for slow clients no longer than told. */
export class TimedExpressAdapter extends ExpressAdapter {
  constructor(private readonly timeouts: ServerTimeouts = SERVER_TIMEOUTS) {
    super();
  }

  // The interval of the checks can be given to a new server only; by default it would be 30 s.
  override initHttpServer(): void {
    const { headersTimeoutMs, requestTimeoutMs, keepAliveTimeoutMs, checkIntervalMs } = this.timeouts;
    const times = {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      connectionsCheckingInterval: checkIntervalMs,
    };
    this.setHttpServer(createServer(times, this.getInstance<RequestListener>()));
  }

  // A connection that gets its answer after this would stay for as long as any other, and hold up the end.
  override close(): Promise<unknown> | undefined {
    (this.getHttpServer() as Server).keepAliveTimeout = 1;
    return super.close();
  }
}
