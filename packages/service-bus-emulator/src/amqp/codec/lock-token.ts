import { swapGuidOrder, writeInt64 } from '@nestjs-service-bus/amqp-message';

import { readUint64 } from './int64.js';

const TOKEN_LENGTH = 16;
const PREFIX_LENGTH = 8;

/**
 * Lock tokens, each a prefix of this broker's own and the model's number of the lock. A delivery tag has them in
 * .NET's byte order, a $management body as an AMQP uuid.
 */
export class LockTokens {
  readonly #prefix: Buffer;
  readonly #tagPrefix: Buffer;

  /** `prefix` has 8 bytes, and differs from that of every other broker, or run, whose tokens might come back. */
  constructor(prefix: Buffer) {
    if (prefix.length !== PREFIX_LENGTH) throw new RangeError(`a prefix of ${PREFIX_LENGTH} bytes is needed`);
    this.#prefix = Buffer.from(prefix);
    this.#tagPrefix = swapGuidOrder(prefix);
  }

  toDeliveryTag(lockId: number): Buffer {
    return write(this.#tagPrefix, lockId);
  }

  toUuid(lockId: number): Buffer {
    return write(this.#prefix, lockId);
  }

  /** The lock's number; undefined for a token that this broker did not give. */
  fromDeliveryTag(tag: Buffer): number | undefined {
    return read(this.#tagPrefix, tag);
  }

  /** The lock's number; undefined for a token that this broker did not give. */
  fromUuid(uuid: Buffer): number | undefined {
    return read(this.#prefix, uuid);
  }
}

function write(prefix: Buffer, lockId: number): Buffer {
  const token = Buffer.allocUnsafe(TOKEN_LENGTH);
  prefix.copy(token);
  writeInt64(token, lockId, PREFIX_LENGTH);
  return token;
}

function read(prefix: Buffer, token: Buffer): number | undefined {
  if (token.length !== TOKEN_LENGTH) return undefined;
  for (let index = 0; index < PREFIX_LENGTH; index++) if (token[index] !== prefix[index]) return undefined;
  const lockId = readUint64(token, PREFIX_LENGTH);
  return typeof lockId === 'number' ? lockId : undefined;
}
