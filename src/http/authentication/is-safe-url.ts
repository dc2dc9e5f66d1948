const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether keys may be trusted that come from there: over TLS, or from this very machine. */
export function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname));
}
