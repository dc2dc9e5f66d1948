import { SerializationError } from '../exceptions/serialization.error.js';
import { decodeData } from './decode.js';
import { type PayloadFormat } from './payload-format.js';

const JSON_TYPE = 'application/json';
const TEXT_TYPE = 'text/plain';
const BINARY_TYPE = 'application/octet-stream';

/** JSON, as it is read and written where no format is configured; bytes are refused. */
export function json(): PayloadFormat {
  return {
    contentType: JSON_TYPE,
    serialize: (payload) => {
      const text =
        payload instanceof Uint8Array ? undefined : (JSON.stringify(payload) as string | undefined);
      if (text === undefined)
        throw new SerializationError(JSON_TYPE, `${kindOf(payload)} has no form in JSON`);
      return text;
    },
    deserialize: (body, { contentType }) => decodeData(body, contentType),
  };
}

/** Text as it is, in UTF-8, without the quotes that the SDK puts around it; anything but a string is refused. */
export function text(): PayloadFormat {
  return {
    contentType: TEXT_TYPE,
    serialize: (payload) => {
      if (typeof payload === 'string') return payload;
      throw new SerializationError(TEXT_TYPE, `the payload is ${kindOf(payload)}, allowed is a string`);
    },
    deserialize: (body, { contentType }) => decodeData(body, contentType),
  };
}

/** Bytes as they are; anything else is refused. */
export function binary(): PayloadFormat {
  return {
    contentType: BINARY_TYPE,
    serialize: (payload) => {
      if (payload instanceof Uint8Array) return payload;
      throw new SerializationError(BINARY_TYPE, `the payload is ${kindOf(payload)}, allowed are bytes`);
    },
    deserialize: (body) => body,
  };
}

/** What a payload is, for people. */
export function kindOf(payload: unknown): string {
  if (payload === null || payload === undefined) return String(payload);
  if (payload instanceof Uint8Array) return 'bytes';
  return Array.isArray(payload) ? 'an array' : typeof payload;
}
