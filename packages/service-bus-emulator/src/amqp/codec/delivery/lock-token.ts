import { readUint64, swapGuidOrder, writeInt64 } from '@nestjs-service-bus/amqp-message';

const TOKEN_LENGTH = 16;
const PREFIX_LENGTH = 8;

/**
 * Converts lock ids to lock tokens and back. A token consists of this broker's prefix and the model's lock id. A
 * delivery tag has it in .NET's byte order, a $management body as an AMQP uuid.
 */
export class LockTokens {
  readonly #prefix: Buffer;
  readonly #tagPrefix: Buffer;

  /** `prefix` has 8 bytes and differs from those of other brokers and earlier runs: clients may still hold their tokens. */
  constructor(prefix: Buffer) {
    if (prefix.length !== PREFIX_LENGTH) throw new RangeError(`The prefix must have ${PREFIX_LENGTH} bytes.`);
    this.#prefix = Buffer.from(prefix);
    this.#tagPrefix = swapGuidOrder(prefix);
  }

  toDeliveryTag(lockId: number): Buffer {
    return write(this.#tagPrefix, lockId);
  }

  toUuid(lockId: number): Buffer {
    return write(this.#prefix, lockId);
  }

  /** Returns the lock's id; undefined for a token that this broker did not issue. */
  fromDeliveryTag(tag: Buffer): number | undefined {
    return read(this.#tagPrefix, tag);
  }

  /** Returns the lock's id; undefined for a token that this broker did not issue. */
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
