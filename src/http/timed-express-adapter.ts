import { ExpressAdapter } from '@nestjs/platform-express';
import { createServer, type RequestListener, type Server } from 'node:http';

import { SERVER_TIMEOUTS, type ServerTimeouts } from './server-timeouts.js';

/** Express on a server with timeouts for slow clients. */
export class TimedExpressAdapter extends ExpressAdapter {
  constructor(private readonly timeouts: ServerTimeouts = SERVER_TIMEOUTS) {
    super();
  }

  // Only a new server takes the interval of the checks, which is 30 s by default.
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

  // A connection that gets its response later would stay open, and delay the shutdown.
  override close(): Promise<unknown> | undefined {
    (this.getHttpServer() as Server).keepAliveTimeout = 1;
    return super.close();
  }
}
