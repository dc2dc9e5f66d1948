import { MalformedMessageError, SkipBudget } from '@nestjs-service-bus/amqp-message';

import { checkFrame } from './check-frame.js';
import { FrameError } from './frame-error.js';
import { PartialUnit } from './partial-unit.js';
import { FrameType, Performative } from './performative.js';
import { Protocol, PROTOCOL_HEADER_LENGTH, PROTOCOL_MAGIC, readProtocol } from './protocol-header.js';

export interface FrameGuardOptions {
  /** Maximum size of a frame in bytes, including its header. */
  readonly maxFrameSize: number;
  /** Maximum depth of nested values. Default: 32. */
  readonly maxDepth?: number;
  /** Maximum number of array elements without any bytes in a frame. Default: 1,024. */
  readonly maxElements?: number;
  /** Maximum number of deliveries in the range of one disposition. Default: 65,536. */
  readonly maxDispositionRange?: number;
  /**
   * Tells whether SASL is complete; called when an AMQP header follows it. If the header arrives before rhea has sent
   * its outcome, rhea takes it for the size of a frame of 1 GB and buffers that. Default: the header must not arrive in
   * the same chunk as the client's part of SASL. That suffices if every mechanism decides at once, and the connection
   * of a refused client is closed.
   */
  readonly authenticated?: () => boolean;
}

/** A unit's first bytes, which tell its length; every unit is longer. */
const SIZE_LENGTH = 4;
const MIN_FRAME_SIZE = 8;
const START = -1;
const INCOMPLETE = -1;

/**
 * Checks every byte of a connection before the protocol library reads it: the library receives a stream of well-formed
 * frames of limited size, depth and number of elements. One guard serves one connection.
 *
 * A chunk that passes the check can be handed on as it is, even if it ends in the middle of a frame: the library
 * decodes only complete frames, the guard refuses a size as soon as its four bytes have arrived, and the rest of a bad
 * frame never gets through. To hand on whole frames only, give `check` a `pass`. Then a client that sends a frame byte
 * by byte costs the library nothing (it would keep each piece in a Buffer of its own).
 */
export class FrameGuard {
  readonly #options: FrameGuardOptions;
  readonly #budget: SkipBudget;
  readonly #maxDispositionRange: number;
  readonly #partial = new PartialUnit();
  #protocol: number = START;
  #saslBegun = false;
  #saslInThisChunk = false;
  #failure: FrameError | undefined;

  constructor(options: FrameGuardOptions) {
    this.#options = options;
    this.#budget = new SkipBudget(options.maxDepth, options.maxElements);
    this.#maxDispositionRange = options.maxDispositionRange ?? 65_536;
  }

  /**
   * Checks the next bytes of the stream. Throws FrameError if they must not be handed on, and then on every later call.
   * `pass` receives the complete frames, in one or two pieces, once all of them have been checked.
   */
  check(chunk: Buffer, pass?: (frames: Buffer) => void): void {
    if (this.#failure !== undefined) throw this.#failure;
    this.#saslInThisChunk = false;
    let begun: Buffer | undefined;
    let begin: number;
    let end: number;
    try {
      begin = this.#completeBegun(chunk);
      if (begin === INCOMPLETE) return;
      if (begin > 0) begun = this.#partial.release();
      end = this.#checkWhole(chunk, begin);
    } catch (error) {
      throw (this.#failure = frameErrorOf(error));
    }
    if (pass === undefined) return;
    if (begun !== undefined) pass(begun);
    if (end > begin) pass(end - begin === chunk.length ? chunk : chunk.subarray(begin, end));
  }

  /** Completes the unit that an earlier chunk began; returns the offset after it, 0 if none was begun. */
  #completeBegun(chunk: Buffer): number {
    const partial = this.#partial;
    if (partial.length === 0) return 0;
    let offset = 0;
    let wanted = this.#unitLength(partial.bytes, 0, partial.length);
    while (partial.length < wanted) {
      if (offset === chunk.length) return INCOMPLETE;
      offset = partial.take(chunk, offset, wanted);
      wanted = this.#unitLength(partial.bytes, 0, partial.length);
    }
    this.#checkUnit(partial.bytes, 0, wanted);
    return offset;
  }

  /** Checks all units that end within the chunk and stores the rest; returns the offset after the last unit. */
  #checkWhole(chunk: Buffer, begin: number): number {
    let offset = begin;
    while (offset < chunk.length) {
      const length = this.#unitLength(chunk, offset, chunk.length - offset);
      if (length > chunk.length - offset) {
        this.#partial.take(chunk, offset, length);
        break;
      }
      this.#checkUnit(chunk, offset, offset + length);
      offset += length;
    }
    return offset;
  }

  /** Returns the length of the frame or protocol header at `offset`; of its size field, until that is complete. */
  #unitLength(bytes: Buffer, offset: number, available: number): number {
    if (this.#protocol === START) return PROTOCOL_HEADER_LENGTH;
    if (available < SIZE_LENGTH) return SIZE_LENGTH;
    const size = bytes.readUInt32BE(offset);
    if (size === PROTOCOL_MAGIC && this.#protocol === Protocol.sasl) return PROTOCOL_HEADER_LENGTH;
    const { maxFrameSize } = this.#options;
    if (size < MIN_FRAME_SIZE || size > maxFrameSize) {
      throw new FrameError('amqp:connection:framing-error', 'a frame size out of bounds', {
        size,
        maxFrameSize,
      });
    }
    return size;
  }

  #checkUnit(bytes: Buffer, start: number, end: number): void {
    const isSasl = this.#protocol === Protocol.sasl;
    if (this.#protocol === START || (isSasl && bytes.readUInt32BE(start) === PROTOCOL_MAGIC)) {
      this.#begin(readProtocol(bytes, start));
      return;
    }
    const type = isSasl ? FrameType.sasl : FrameType.amqp;
    const performative = checkFrame(bytes, start, end, type, this.#budget, this.#maxDispositionRange);
    if (!isSasl) return;
    this.#saslInThisChunk = true;
    if (performative === Performative.saslInit) this.#saslBegun = true;
  }

  #begin(protocol: number): void {
    if (this.#protocol === Protocol.sasl) {
      const authenticated = this.#options.authenticated?.() ?? !this.#saslInThisChunk;
      if (protocol !== Protocol.amqp || !this.#saslBegun || !authenticated) {
        throw new FrameError('amqp:not-allowed', 'a protocol header before the outcome of SASL', {
          protocol,
        });
      }
    }
    this.#protocol = protocol;
  }
}

function frameErrorOf(error: unknown): FrameError {
  if (error instanceof FrameError) return error;
  if (!(error instanceof MalformedMessageError)) throw error;
  return new FrameError('amqp:decode-error', error.what, { offset: error.offset });
}
