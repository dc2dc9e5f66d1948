import { type HttpOptions } from '../http/http-options.js';
import { readAuthentication } from './read-authentication.js';
import { readTrustProxy } from './read-trust-proxy.js';
import { type VariableReader } from './variable-reader.js';

/** How the service listens for HTTP, and on which port. */
export interface HttpSettings extends HttpOptions {
  readonly port: number;
}

const HOST = /^[A-Za-z0-9._:%-]+$/;
/** 100 a second: only a runaway loop sends as many. */
const REQUESTS_PER_MINUTE = 6_000;

/** Reads the settings of HTTP. In production it listens on all addresses. */
export function readHttp(reader: VariableReader, production: boolean): HttpSettings {
  return {
    host: reader.text('HOST', production ? '0.0.0.0' : '127.0.0.1', HOST, 'a host name or an IP address'),
    port: reader.port('PORT', 3000),
    authentication: readAuthentication(reader, production),
    rateLimitPerMinute: reader.integer('HTTP_RATE_LIMIT', production ? REQUESTS_PER_MINUTE : 0, {
      from: 0,
      to: 1_000_000,
    }),
    trustProxy: readTrustProxy(reader),
    allowedHosts: readAllowedHosts(reader),
  };
}

function readAllowedHosts(reader: VariableReader): string[] {
  const allowed = 'host names without a port, separated by commas, or *';
  const value = reader.text('HTTP_ALLOWED_HOSTS', '', /^(?:\*|[\w.-]+(?:\s*,\s*[\w.-]+)*)$/, allowed);
  return value === '' ? [] : value.split(',').map((name) => name.trim().toLowerCase());
}
