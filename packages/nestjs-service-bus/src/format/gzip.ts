import { promisify } from 'node:util';
import { gunzip, gzip as gzipBytes } from 'node:zlib';

import { readField } from '../exceptions/read-thrown.js';
import { UndecodableMessageException } from '../exceptions/undecodable-message.exception.js';
import { ServiceBusConfigurationError } from '../exceptions/service-bus-configuration.error.js';
import { type Compression } from './payload-format.js';

const deflate = promisify(gzipBytes);
const inflate = promisify(gunzip);

const DEFAULT_MIN_BYTES = 1_024;
const DEFAULT_MAX_BYTES = 16 * 1_024 * 1_024;
/** A larger one is no message of any tier, whatever it is compressed to. */
const LARGEST_MAX_BYTES = 1_024 * 1_024 * 1_024;

/** Options of `gzip()`. */
export interface GzipOptions {
  /** Smaller bodies are sent as they are, in bytes. Default 1,024. */
  readonly minBytes?: number;
  /**
   * The most that a body may become when it is decompressed, in bytes, up to 1 GiB: a message with more is dead-lettered
   * as `UndecodableMessage`. As many bodies as handlers run at once may be in memory. Default 16 MiB.
   */
  readonly maxBytes?: number;
  /** From 1, the fastest, to 9, the smallest. Default 6. */
  readonly level?: number;
}

/** Compresses bodies by gzip, and decompresses them. Throws a ServiceBusConfigurationError for an option that is wrong. */
export function gzip(options: GzipOptions = {}): Compression {
  const { minBytes = DEFAULT_MIN_BYTES, maxBytes = DEFAULT_MAX_BYTES, level = 6 } = options;
  const problems = [
    ...integerProblems('minBytes', minBytes, 0, LARGEST_MAX_BYTES),
    ...integerProblems('maxBytes', maxBytes, 1, LARGEST_MAX_BYTES),
    ...integerProblems('level', level, 1, 9),
  ];
  if (problems.length > 0) throw new ServiceBusConfigurationError(problems);
  return {
    contentEncoding: 'gzip',
    async compress(body) {
      if (body.length < minBytes) return undefined;
      const smaller = await deflate(body, { level });
      return smaller.length < body.length ? smaller : undefined;
    },
    async decompress(body) {
      try {
        // Ends as soon as it becomes larger: what is in memory stays bounded.
        return await inflate(body, { maxOutputLength: maxBytes });
      } catch (error) {
        throw new UndecodableMessageException(problemOf(error, body.length, maxBytes));
      }
    },
  };
}

function problemOf(error: unknown, bytes: number, maxBytes: number): string {
  switch (readField(error, 'code')) {
    case 'ERR_BUFFER_TOO_LARGE':
      return `its body of ${bytes} bytes decompresses to more than ${maxBytes}, which maxBytes of gzip() allows`;
    case 'Z_BUF_ERROR':
      return `its content encoding is gzip, and its body of ${bytes} bytes ends too early`;
    default:
      return `its content encoding is gzip, and its body of ${bytes} bytes is not: ${String(readField(error, 'message'))}`;
  }
}

function integerProblems(name: string, value: unknown, min: number, max: number): string[] {
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return [];
  return [`gzip: ${name} is ${String(value)}, allowed is an integer from ${min} to ${max}`];
}
