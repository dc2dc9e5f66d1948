export { type CloudEventAttributes } from './format/cloud-event.js';
export { cloudEventOf, cloudEvents, type CloudEventsOptions } from './format/cloud-events.js';
export { gzip, type GzipOptions } from './format/gzip.js';
export { binary, json, text } from './format/known-formats.js';
export { massTransit, massTransitEnvelopeOf, type MassTransitOptions } from './format/mass-transit.js';
export { type MassTransitEnvelope } from './format/mass-transit-envelope.js';
export {
  envelopeOf,
  type EnvelopeRouting,
  type FailureRouting,
  OpenedEnvelope,
  type RequestError,
} from './format/opened-envelope.js';
export {
  type Compression,
  type OutgoingMessage,
  type PayloadFormat,
  type SerializedPayload,
  type WireOptions,
} from './format/payload-format.js';
