export { gzip, type GzipOptions } from './format/gzip.js';
export { binary, json, text } from './format/known-formats.js';
export { envelopeOf, OpenedEnvelope } from './format/opened-envelope.js';
export {
  type Compression,
  type OutgoingMessage,
  type PayloadFormat,
  type SerializedPayload,
  type WireOptions,
} from './format/payload-format.js';
