export { type CloudEventAttributes } from './format/cloud-event.js';
export { cloudEventOf, cloudEvents, type CloudEventsOptions } from './format/cloud-events.js';
export { gzip, type GzipOptions } from './format/gzip.js';
export { binary, json, text } from './format/known-formats.js';
export {
  massTransit,
  type MassTransitEnvelope,
  massTransitEnvelopeOf,
  type MassTransitOptions,
} from './format/mass-transit.js';
export { envelopeOf, type EnvelopeRouting, OpenedEnvelope } from './format/opened-envelope.js';
export {
  type Compression,
  type OutgoingMessage,
  type PayloadFormat,
  type SerializedPayload,
  type WireOptions,
} from './format/payload-format.js';
