const TWO_TO_32 = 2 ** 32;
const MAX_BYTES_PER_LETTER = 3;
/** From here on it is worth a look how many bytes a text really takes. */
const LONG_TEXT = 1_024;

/** Writes AMQP values one after the other [AMQP 1.6] into bytes that grow as they have to. */
export class ValueWriter {
  at = 0;
  bytes: Buffer;

  constructor(capacity: number) {
    this.bytes = Buffer.allocUnsafe(capacity);
  }

  /** What was written so far: a view, no copy. */
  written(): Buffer {
    return this.bytes.subarray(0, this.at);
  }

  /** A descriptor of one of AMQP's own types. */
  descriptor(code: number): void {
    this.reserve(3);
    this.bytes[this.at++] = 0x00;
    this.bytes[this.at++] = 0x53;
    this.bytes[this.at++] = code;
  }

  null(): void {
    this.byte(0x40);
  }

  boolean(value: boolean): void {
    this.byte(value ? 0x41 : 0x42);
  }

  uint(value: number): void {
    this.reserve(5);
    if (value === 0) this.bytes[this.at++] = 0x43;
    else if (value < 256) this.short(0x52, value);
    else {
      this.bytes[this.at++] = 0x70;
      this.word(value);
    }
  }

  ulong(value: number): void {
    this.reserve(9);
    if (value === 0) this.bytes[this.at++] = 0x44;
    else if (value < 256) this.short(0x53, value);
    else this.wide(0x80, value);
  }

  /** A 32-bit integer that may be negative. */
  int(value: number): void {
    this.reserve(5);
    if (value >= -128 && value < 128) return this.short(0x54, value & 0xff);
    this.bytes[this.at++] = 0x71;
    this.word(value >>> 0);
  }

  /** A 64-bit integer that may be negative. */
  long(value: number): void {
    this.reserve(9);
    this.wide(0x81, value);
  }

  double(value: number): void {
    this.reserve(9);
    this.bytes[this.at++] = 0x82;
    this.at = this.bytes.writeDoubleBE(value, this.at);
  }

  timestamp(timeMs: number): void {
    this.reserve(9);
    this.wide(0x83, timeMs);
  }

  string(value: string): void {
    this.text(0xa1, 0xb1, value);
  }

  symbol(value: string): void {
    this.text(0xa3, 0xb3, value);
  }

  /** Copies bytes as binary data. */
  binary(value: Uint8Array): void {
    this.reserve(5 + value.length);
    this.bytes[this.at++] = 0xb0;
    this.word(value.length);
    this.bytes.set(value, this.at);
    this.at += value.length;
  }

  /** A text's UTF-8 as binary data. */
  binaryText(value: string): void {
    this.reserve(5 + maxBytesOf(value));
    const sizeAt = this.beginBinary();
    this.at += this.bytes.write(value, this.at);
    this.endBinary(sizeAt);
  }

  /** Begins binary data whose length is not known yet; returns what `endBinary` needs. */
  beginBinary(): number {
    this.reserve(5);
    this.bytes[this.at++] = 0xb0;
    this.at += 4;
    return this.at - 4;
  }

  endBinary(sizeAt: number): void {
    this.wordAt(sizeAt, this.at - sizeAt - 4);
  }

  /** Begins a list; returns what `end` needs. */
  beginList(): number {
    return this.beginCompound(0xd0);
  }

  beginMap(): number {
    return this.beginCompound(0xd1);
  }

  /** Ends a list or map that has `count` fields, or keys and values. */
  end(sizeAt: number, count: number): void {
    this.wordAt(sizeAt, this.at - sizeAt - 4);
    this.wordAt(sizeAt + 4, count);
  }

  /** Copies what was written from `from` to `to` once more. */
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
    // Short enough for one byte of length, however many bytes its letters take.
    if (length * MAX_BYTES_PER_LETTER < 256) {
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
    const high = Math.floor(value / TWO_TO_32);
    this.word(high >>> 0);
    this.word(value - high * TWO_TO_32);
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
  return text.length < LONG_TEXT ? text.length * MAX_BYTES_PER_LETTER : Buffer.byteLength(text);
}
