import { type IncomingMessage } from 'node:http';

import { AdministrationError } from './administration-error.js';

// The largest possible description, one with a rule and its parameters, has a few kilobytes.
const MAX_BODY_BYTES = 1024 * 1024;

/** Reads a whole body. Rejects with an AdministrationError as soon as it is too large. */
export async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  // Stopping early must not close the connection: the refusal still has to be sent over it.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(): AdministrationError {
  return new AdministrationError(413, `The body exceeds the limit of ${MAX_BODY_BYTES} bytes.`);
}
