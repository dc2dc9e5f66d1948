import { type Authentication } from './authentication/authentication-options.js';
import { type ServerTimeouts } from './server-timeouts.js';

/** Options of the HTTP server. */
export interface HttpOptions {
  /** The address to listen on. */
  readonly host: string;
  readonly authentication: Authentication;
  /** How many requests a minute one caller may send to this process; 0 sets no limit. */
  readonly rateLimitPerMinute: number;
  /** The proxies whose X-Forwarded-For is trusted: how many, or their addresses. */
  readonly trustProxy: number | readonly string[];
  /** Names, in lower case, that `Host` may have where nobody authenticates, on top of local ones; `*` for any. */
  readonly allowedHosts: readonly string[];
  /** Set by tests only. */
  readonly timeouts?: ServerTimeouts;
}
