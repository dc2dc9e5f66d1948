import { type Authentication } from './authentication/authentication-options.js';
import { type ServerTimeouts } from './server-timeouts.js';

/** How the service is offered over HTTP. */
export interface HttpOptions {
  /** The address that is listened on. */
  readonly host: string;
  readonly authentication: Authentication;
  /** So many requests a minute may one caller send to this process; 0 sets no limit. */
  readonly rateLimitPerMinute: number;
  /** The proxies in front whose X-Forwarded-For is believed: how many, or their addresses. */
  readonly trustProxy: number | readonly string[];
  /** For tests: the defaults are for production. */
  readonly timeouts?: ServerTimeouts;
}
