import { parseServiceBusConnectionString } from '@azure/service-bus';

/** Whether the SDK takes a text for a connection string. */
export function isConnectionString(text: unknown): text is string {
  if (typeof text !== 'string' || text === '') return false;
  try {
    parseServiceBusConnectionString(text);
    return true;
  } catch {
    return false;
  }
}

/** The only entity that a connection string's key is good for; undefined for a key of the namespace. */
export function entityPathOf(connectionString: string): string | undefined {
  return /(?:^|;)\s*EntityPath=([^;]+)/i.exec(connectionString)?.[1]?.trim();
}

/** The host and port of the namespace that a connection string leads to, in one spelling. */
export function namespaceOf(connectionString: string): string {
  const endpoint = /(?:^|;)\s*Endpoint=([^;]+)/i.exec(connectionString)?.[1] ?? '';
  const host = endpoint
    .trim()
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/\/.*$/, '')
    .toLowerCase();
  return host.replace(/^(?:localhost|\[::1\])(?=:|$)/, '127.0.0.1');
}

/** The SDK takes the entity's name in its one spelling alone, and not its dead-letter queue; the key is good for all. */
export function withoutEntityPath(connectionString: string): string {
  const parts = connectionString.split(';');
  return parts.filter((part) => !/^\s*EntityPath=/i.test(part)).join(';');
}
