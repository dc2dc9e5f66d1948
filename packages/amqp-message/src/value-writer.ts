import { type SectionCode } from './section.js';
import { TypeCode } from './type-code.js';
import { writeInt64 } from './write-int64.js';

const MAX_UTF8_BYTES_PER_UNIT = 3;
/** From this length on, counting a text's bytes costs less than reserving three for each of its UTF-16 units. */
const LONG_TEXT = 1_024;
const FEW_BYTES = 32;
const MAX_SHORT_LENGTH = 0xff;
/** [AMQP 1.2.2] The bit that is set in the type code of a list or map with 32-bit sizes, not in that of the short form. */
const WIDE = TypeCode.list32 ^ TypeCode.list8;

/** [AMQP 1.6] Writes AMQP values one after another into a buffer that grows as needed. */
export class ValueWriter {
  at = 0;
  bytes: Buffer;

  constructor(capacity: number) {
    this.bytes = Buffer.allocUnsafe(capacity);
  }

  /** Returns what was written so far: a view of the buffer, or the buffer itself if it is full; never a copy. */
  written(): Buffer {
    return this.at === this.bytes.length ? this.bytes : this.bytes.subarray(0, this.at);
  }

  /** Writes the descriptor of a message's section. */
  descriptor(code: SectionCode): void {
    this.reserve(3);
    this.bytes[this.at++] = TypeCode.described;
    this.bytes[this.at++] = TypeCode.smallUlong;
    this.bytes[this.at++] = code;
  }

  null(): void {
    this.byte(TypeCode.null);
  }

  boolean(value: boolean): void {
    this.byte(value ? TypeCode.true : TypeCode.false);
  }

  uint(value: number): void {
    this.reserve(5);
    if (value === 0) this.bytes[this.at++] = TypeCode.uint0;
    else if (value < 256) this.short(TypeCode.smallUint, value);
    else {
      this.bytes[this.at++] = TypeCode.uint;
      this.word(value);
    }
  }

  /** Writes a safe integer that is not negative. */
  ulong(value: number): void {
    this.reserve(9);
    if (value === 0) this.bytes[this.at++] = TypeCode.ulong0;
    else if (value < 256) this.short(TypeCode.smallUlong, value);
    else this.wide(TypeCode.ulong, value);
  }

  /** Writes a signed 32-bit integer. */
  int(value: number): void {
    this.reserve(5);
    if (value >= -128 && value < 128) return this.short(TypeCode.smallInt, value & 0xff);
    this.bytes[this.at++] = TypeCode.int;
    this.word(value >>> 0);
  }

  /** Writes a safe integer as a signed integer of 64 bits. */
  long(value: number): void {
    this.reserve(9);
    this.wide(TypeCode.long, value);
  }

  /** Writes any 64-bit integer: as a long if it fits, else as a ulong. */
  bigint(value: bigint): void {
    this.reserve(9);
    this.bytes[this.at++] = BigInt.asIntN(64, value) === value ? TypeCode.long : TypeCode.ulong;
    this.at = this.bytes.writeBigUInt64BE(BigInt.asUintN(64, value), this.at);
  }

  double(value: number): void {
    this.reserve(9);
    this.bytes[this.at++] = TypeCode.double;
    this.at = this.bytes.writeDoubleBE(value, this.at);
  }

  timestamp(timeMs: number): void {
    this.reserve(9);
    this.wide(TypeCode.timestamp, timeMs);
  }

  string(value: string): void {
    this.text(TypeCode.string8, TypeCode.string32, value);
  }

  symbol(value: string): void {
    this.text(TypeCode.symbol8, TypeCode.symbol32, value);
  }

  /** Writes bytes as binary data. */
  binary(value: Uint8Array): void {
    const { length } = value;
    this.reserve(5 + length);
    if (length <= MAX_SHORT_LENGTH) this.short(TypeCode.binary8, length);
    else {
      this.bytes[this.at++] = TypeCode.binary32;
      this.word(length);
    }
    this.bytes.set(value, this.at);
    this.at += length;
  }

  /** Writes a text, in UTF-8, as binary data. */
  binaryText(value: string): void {
    this.reserve(5 + maxBytesOf(value));
    const sizeAt = this.beginBinary();
    this.at += this.bytes.write(value, this.at);
    this.endBinary(sizeAt);
  }

  /** Begins binary data of unknown length; returns what `endBinary` needs. */
  beginBinary(): number {
    this.reserve(5);
    this.bytes[this.at++] = TypeCode.binary32;
    this.at += 4;
    return this.at - 4;
  }

  endBinary(sizeAt: number): void {
    this.wordAt(sizeAt, this.at - sizeAt - 4);
  }

  /** Begins a list; returns what `end` needs. */
  beginList(): number {
    return this.beginCompound(TypeCode.list32);
  }

  beginMap(): number {
    return this.beginCompound(TypeCode.map32);
  }

  /** Ends a list or map; `count` is the number of its fields, or of its keys and values together. */
  end(sizeAt: number, count: number): void {
    this.wordAt(sizeAt, this.at - sizeAt - 4);
    this.wordAt(sizeAt + 4, count);
  }

  /** Ends a list or map in the short form if it fits, which moves its content; else as `end` does. */
  endCompact(sizeAt: number, count: number): void {
    const content = sizeAt + 8;
    const length = this.at - content;
    if (length >= MAX_SHORT_LENGTH || count > MAX_SHORT_LENGTH) return this.end(sizeAt, count);
    this.bytes[sizeAt - 1]! &= ~WIDE;
    this.bytes[sizeAt] = length + 1;
    this.bytes[sizeAt + 1] = count;
    this.bytes.copyWithin(sizeAt + 2, content, this.at);
    this.at = sizeAt + 2 + length;
  }

  /** Begins a list whose fields take at most 254 bytes; returns what `endShort` needs. */
  beginShortList(): number {
    this.reserve(3);
    this.bytes[this.at++] = TypeCode.list8;
    this.at += 2;
    return this.at - 2;
  }

  endShort(sizeAt: number, count: number): void {
    this.bytes[sizeAt] = this.at - sizeAt - 1;
    this.bytes[sizeAt + 1] = count;
  }

  /** Copies encoded values. */
  encoded(source: Buffer, start: number, end: number): void {
    this.reserve(end - start);
    // Buffer creates a view of the part that it copies, which costs more than copying a few bytes one by one.
    if (end - start > FEW_BYTES) this.at += source.copy(this.bytes, this.at, start, end);
    else for (let from = start; from < end; from++) this.bytes[this.at++] = source[from]!;
  }

  /** Writes what is between two offsets once more. */
  again(from: number, to: number): void {
    this.reserve(to - from);
    this.bytes.copyWithin(this.at, from, to);
    this.at += to - from;
  }

  private beginCompound(code: number): number {
    this.reserve(9);
    this.bytes[this.at++] = code;
    this.at += 8;
    return this.at - 8;
  }

  private text(shortCode: number, longCode: number, value: string): void {
    const { length } = value;
    this.reserve(5 + maxBytesOf(value));
    // The length fits in one byte, however many bytes the text's letters take.
    if (length * MAX_UTF8_BYTES_PER_UNIT <= MAX_SHORT_LENGTH) {
      const written = this.bytes.write(value, this.at + 2);
      this.bytes[this.at] = shortCode;
      this.bytes[this.at + 1] = written;
      this.at += 2 + written;
      return;
    }
    this.bytes[this.at++] = longCode;
    const written = this.bytes.write(value, this.at + 4);
    this.word(written);
    this.at += written;
  }

  private byte(value: number): void {
    this.reserve(1);
    this.bytes[this.at++] = value;
  }

  private short(code: number, value: number): void {
    this.bytes[this.at++] = code;
    this.bytes[this.at++] = value;
  }

  private wide(code: number, value: number): void {
    this.bytes[this.at++] = code;
    this.at = writeInt64(this.bytes, value, this.at);
  }

  private word(value: number): void {
    this.wordAt(this.at, value);
    this.at += 4;
  }

  private wordAt(at: number, value: number): void {
    const { bytes } = this;
    bytes[at] = value >>> 24;
    bytes[at + 1] = value >>> 16;
    bytes[at + 2] = value >>> 8;
    bytes[at + 3] = value;
  }

  private reserve(length: number): void {
    if (this.at + length <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.at + length));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }
}

function maxBytesOf(text: string): number {
  return text.length < LONG_TEXT ? text.length * MAX_UTF8_BYTES_PER_UNIT : Buffer.byteLength(text);
}
