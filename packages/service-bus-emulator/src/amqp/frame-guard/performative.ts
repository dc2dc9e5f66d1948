import { Kind } from './field-kind.js';

/** [AMQP 2.7, 5.3.3] The descriptors of the performatives that the guard names. */
export const Performative = { open: 0x10, transfer: 0x14, disposition: 0x15, saslInit: 0x41 } as const;

/** The fields of a performative in order, each with the kinds that it allows; a field without null is mandatory. */
export type Fields = readonly number[];

const { boolean, uint, string, binary, ubyte } = Kind;
const orNull = (kind: number): number => kind | Kind.null;
const symbols = Kind.symbol | Kind.array | Kind.null;
const map = orNull(Kind.map);
const described = orNull(Kind.described);
const extensions = [symbols, symbols, map];

/** [AMQP 2.7] */
const AMQP_FIELDS: Readonly<Record<number, Fields>> = {
  // open: container-id, hostname, max-frame-size, channel-max, idle-time-out, outgoing- and incoming-locales
  [Performative.open]: [
    ...[string, orNull(string), orNull(uint), orNull(Kind.ushort), orNull(uint), symbols, symbols],
    ...extensions,
  ],
  // begin: remote-channel, next-outgoing-id, incoming-window, outgoing-window, handle-max
  0x11: [orNull(Kind.ushort), uint, uint, uint, orNull(uint), ...extensions],
  // attach: name, handle, role, two settle modes, source, target, unsettled, incomplete-unsettled,
  // initial-delivery-count, max-message-size
  0x12: [
    ...[string, uint, boolean, orNull(ubyte), orNull(ubyte), described, described, map],
    ...[orNull(boolean), orNull(uint), orNull(Kind.ulong)],
    ...extensions,
  ],
  // flow: next-incoming-id, incoming-window, next-outgoing-id, outgoing-window, handle, delivery-count, link-credit,
  // available, drain, echo, properties
  0x13: [
    ...[orNull(uint), uint, uint, uint, orNull(uint), orNull(uint), orNull(uint), orNull(uint)],
    ...[orNull(boolean), orNull(boolean), map],
  ],
  // transfer: handle, delivery-id, delivery-tag, message-format, settled, more, rcv-settle-mode, state, resume,
  // aborted, batchable
  [Performative.transfer]: [
    ...[uint, orNull(uint), orNull(binary), orNull(uint), orNull(boolean), orNull(boolean), orNull(ubyte)],
    ...[described, orNull(boolean), orNull(boolean), orNull(boolean)],
  ],
  // disposition: role, first, last, settled, state, batchable
  [Performative.disposition]: [boolean, uint, orNull(uint), orNull(boolean), described, orNull(boolean)],
  // detach: handle, closed, error
  0x16: [uint, orNull(boolean), described],
  // end and close: error
  0x17: [described],
  0x18: [described],
};

/** [AMQP 5.3.3] */
const SASL_FIELDS: Readonly<Record<number, Fields>> = {
  // mechanisms, init, challenge, response, outcome
  0x40: [Kind.symbol | Kind.array],
  [Performative.saslInit]: [Kind.symbol, orNull(binary), orNull(string)],
  0x42: [binary],
  0x43: [binary],
  0x44: [ubyte, orNull(binary)],
};

/** [AMQP 2.3.1] The types of frames. */
export const FrameType = { amqp: 0, sasl: 1 } as const;

/** By frame type: the fields of each performative. */
export const FIELDS_OF: readonly Readonly<Record<number, Fields | undefined>>[] = [AMQP_FIELDS, SASL_FIELDS];
