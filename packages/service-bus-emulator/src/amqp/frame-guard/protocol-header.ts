import { FrameError } from './frame-error.js';

/** [AMQP 2.2, 5.3.2] The protocols that a header can announce. */
export const Protocol = { amqp: 0, sasl: 3 } as const;

export const PROTOCOL_HEADER_LENGTH = 8;

/** The first four bytes of a protocol header, `AMQP`, read as a number. */
export const PROTOCOL_MAGIC = 0x414d_5150;

/** Returns the protocol that the header at `offset` announces; its version must be 1.0.0. Throws FrameError. */
export function readProtocol(bytes: Buffer, offset: number): number {
  const magic = bytes.readUInt32BE(offset);
  const protocol = bytes[offset + 4]!;
  const version = bytes.readUIntBE(offset + 5, 3);
  if (magic !== PROTOCOL_MAGIC || version !== 0x01_00_00) {
    throw new FrameError('amqp:connection:framing-error', 'not a header of AMQP 1.0', { magic, version });
  }
  if (protocol !== Protocol.amqp && protocol !== Protocol.sasl) {
    throw new FrameError('amqp:connection:framing-error', 'an unknown protocol', { protocol });
  }
  return protocol;
}
