const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Returns whether keys from this URL can be trusted: over TLS, or from this machine. */
export function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname));
}
