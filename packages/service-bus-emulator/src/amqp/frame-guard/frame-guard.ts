import { MalformedMessageError } from '../codec/value/malformed-message-error.js';
import { SkipBudget } from '../codec/value/skip-value.js';
import { checkFrame } from './check-frame.js';
import { FrameError } from './frame-error.js';
import { PartialUnit } from './partial-unit.js';
import { FrameType, Performative } from './performative.js';
import { Protocol, PROTOCOL_HEADER_LENGTH, PROTOCOL_MAGIC, readProtocol } from './protocol-header.js';

export interface FrameGuardOptions {
  /** The greatest frame that is let in, in bytes, its header included. */
  readonly maxFrameSize: number;
  /** How deep values may nest. Default: 32. */
  readonly maxDepth?: number;
  /** How many array elements that take no byte a frame may declare. Default: 1,024. */
  readonly maxElements?: number;
  /** How many deliveries one disposition may be about. Default: 65,536. */
  readonly maxDispositionRange?: number;
  /**
   * Whether the SASL layer is done; asked when the AMQP header follows it. rhea takes a header that comes before its
   * own outcome for the size of a frame of 1 GB, and gathers that. Default: the header must not come in the same
   * chunk as the client's part of SASL, which suffices if every mechanism is decided at once and the connection of a
   * client that is refused is closed.
   */
  readonly authenticated?: () => boolean;
}

/** A unit's first bytes, which tell its length; no unit is that short. */
const SIZE_LENGTH = 4;
const MIN_FRAME_SIZE = 8;
const START = -1;
const INCOMPLETE = -1;

/**
 * Stands in front of the protocol library on a connection and sees every byte before it does: what passes is a stream
 * of well-formed frames of bounded size, depth and number of elements. One guard serves one connection.
 *
 * A chunk that passed can be handed on as it came, even if it ends in the midst of a frame: the library decodes a
 * frame only when the whole of it is there, a size is refused here as soon as its four bytes are, and the rest of a bad
 * frame never gets through. To hand on whole frames only, give `check` a `pass`: then a client that sends a frame byte
 * by byte costs the library nothing, as it has to keep no pieces (it keeps each with a Buffer of its own).
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
   * Checks the next bytes of the stream. Throws FrameError if they are not to be handed on, and from then on always.
   * `pass` gets the whole frames that came, in one or two pieces, once all of them have been checked.
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

  /** Completes the unit that the last chunk began: the offset after it, 0 if none was begun. */
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

  /** Checks all units that end within the chunk, keeps what is left, and returns the offset after the last. */
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

  /** The length of the frame or protocol header at `offset`; of its size field, while that is not there. */
  #unitLength(bytes: Buffer, offset: number, available: number): number {
    if (this.#protocol === START) return PROTOCOL_HEADER_LENGTH;
    if (available < SIZE_LENGTH) return SIZE_LENGTH;
    const size = bytes.readUInt32BE(offset);
    if (size === PROTOCOL_MAGIC && this.#protocol === Protocol.sasl) return PROTOCOL_HEADER_LENGTH;
    const { maxFrameSize } = this.#options;
    if (size < MIN_FRAME_SIZE || size > maxFrameSize) {
      throw new FrameError('amqp:connection:framing-error', 'a frame of a size out of bounds', {
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
