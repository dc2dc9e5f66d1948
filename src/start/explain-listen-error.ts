import { StartError } from './start.error.js';

/** Names the variable of a port that cannot be listened on; returns any other error unchanged. */
export function explainListenError(error: unknown, ports: Readonly<Record<string, number>>): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const port = 'port' in error ? error.port : undefined;
  const [variable] = Object.entries(ports).findLast(([, value]) => value === port) ?? [];
  if (variable !== undefined && error.code === 'EADDRINUSE') {
    return new StartError(
      `${variable}=${String(port)}: the port is taken, set ${variable} to another one or to 0 for a free one`,
    );
  }
  if (variable !== undefined && error.code === 'EACCES') {
    return new StartError(`${variable}=${String(port)}: this user may not listen on that port`);
  }
  return error;
}
