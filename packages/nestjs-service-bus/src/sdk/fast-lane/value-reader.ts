import { TypeCode } from '@nestjs-service-bus/amqp-message';

/** The bytes hold something that `ValueReader` does not read: rare types, or no AMQP at all. */
export class NotPlainError extends Error {
  override readonly name = 'NotPlainError';
}

const TWO_TO_32 = 2 ** 32;
/** Beyond it a 64-bit integer is no safe number. */
const SAFE_HIGH_WORD = 2 ** 21;

/**
 * Reads AMQP values one after the other [AMQP 1.6]: those that messages of Service Bus are made of. What it does not
 * read, or what ends before its end, throws a NotPlainError. Values are what rhea makes of the same bytes.
 */
export class ValueReader {
  at = 0;

  constructor(readonly bytes: Buffer) {}

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  /** The next byte: a type code, mostly. */
  code(): number {
    const code = this.bytes[this.at++];
    if (code === undefined) throw new NotPlainError('ends too early');
    return code;
  }

  /** The descriptor of a message's section: 0x70 to 0x78. */
  descriptor(): number {
    // [AMQP 1.2] every sender writes a section's descriptor as a small ulong.
    if (this.code() !== TypeCode.described || this.code() !== TypeCode.smallUlong)
      throw new NotPlainError('no section');
    return this.code();
  }

  /** Enters a list, and returns how many fields it has. */
  list(): number {
    const code = this.code();
    if (code === TypeCode.list0) return 0;
    if (code === TypeCode.list8) return this.countAfterSize(1);
    if (code === TypeCode.list32) return this.countAfterSize(4);
    throw new NotPlainError('no list');
  }

  /** Enters a map, and returns how many keys and values it has. */
  map(): number {
    const code = this.code();
    if (code === TypeCode.map8) return this.countAfterSize(1);
    if (code === TypeCode.map32) return this.countAfterSize(4);
    throw new NotPlainError('no map');
  }

  /** A string or a symbol, or undefined where there is none. */
  text(): string | undefined {
    const code = this.code();
    if (code === TypeCode.null) return undefined;
    if (code === TypeCode.string8 || code === TypeCode.symbol8) return this.textOf(this.code());
    if (code === TypeCode.string32 || code === TypeCode.symbol32) return this.textOf(this.uint32());
    throw new NotPlainError('no text');
  }

  /** Binary data: a view of the bytes, no copy. */
  binary(): Buffer {
    const code = this.code();
    if (code === TypeCode.binary8) return this.view(this.code());
    if (code === TypeCode.binary32) return this.view(this.uint32());
    throw new NotPlainError('no binary');
  }

  /** An integer or a timestamp, in milliseconds, as a number; undefined where there is none. */
  number(): number | undefined {
    const code = this.code();
    // [AMQP 1.6] the high half of a type code tells how wide its value is.
    switch (code >> 4) {
      case 0x4:
        if (code === TypeCode.null) return undefined;
        if (code === TypeCode.uint0 || code === TypeCode.ulong0) return 0;
        break;
      case 0x5:
        if (code === TypeCode.ubyte || code === TypeCode.smallUint || code === TypeCode.smallUlong)
          return this.code();
        if (code === TypeCode.byte || code === TypeCode.smallInt || code === TypeCode.smallLong)
          return (this.code() << 24) >> 24;
        break;
      case 0x6:
        if (code === TypeCode.ushort) return this.bytes.readUInt16BE(this.skip(2));
        if (code === TypeCode.short) return this.bytes.readInt16BE(this.skip(2));
        break;
      default:
        return this.wideNumber(code);
    }
    throw new NotPlainError('no integer');
  }

  /** A value of any of the simple types. */
  value(): unknown {
    const code = this.bytes[this.at];
    switch (code) {
      case TypeCode.null:
        this.at++;
        return null;
      case TypeCode.true:
      case TypeCode.false:
        this.at++;
        return code === TypeCode.true;
      case TypeCode.float:
        return this.bytes.readFloatBE(this.skip(5) + 1);
      case TypeCode.double:
        return this.bytes.readDoubleBE(this.skip(9) + 1);
      case TypeCode.timestamp:
        return new Date(this.number() ?? NaN);
      case TypeCode.uuid:
        this.at++;
        return this.view(16);
      case TypeCode.binary8:
      case TypeCode.binary32:
        return this.binary();
      case TypeCode.string8:
      case TypeCode.symbol8:
      case TypeCode.string32:
      case TypeCode.symbol32:
        return this.text();
      default:
        return this.number();
    }
  }

  /** Passes over a value of any type but a described one. */
  pass(): void {
    const code = this.code();
    // [AMQP 1.6] the high half of a type code tells how its value is laid out.
    switch (code >> 4) {
      case 0x4:
        return;
      case 0x5:
      case 0x6:
      case 0x7:
      case 0x8:
      case 0x9:
        this.skip(1 << ((code >> 4) - 5));
        return;
      case 0xa:
      case 0xc:
      case 0xe:
        this.skip(this.code());
        return;
      case 0xb:
      case 0xd:
      case 0xf:
        this.skip(this.uint32());
        return;
      default:
        throw new NotPlainError('no simple value');
    }
  }

  /** Steps over `length` bytes, and returns where they begin. */
  skip(length: number): number {
    const from = this.at;
    this.at = from + length;
    if (this.at > this.bytes.length) throw new NotPlainError('ends too early');
    return from;
  }

  uint32(): number {
    const { bytes } = this;
    const at = this.skip(4);
    return bytes[at]! * 0x1000000 + ((bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!);
  }

  private wideNumber(code: number): number {
    switch (code) {
      case TypeCode.uint:
        return this.uint32();
      case TypeCode.int:
        return this.bytes.readInt32BE(this.skip(4));
      case TypeCode.ulong:
        return this.integer64(this.uint32());
      case TypeCode.long:
      case TypeCode.timestamp:
        return this.integer64(this.bytes.readInt32BE(this.skip(4)));
      default:
        throw new NotPlainError('no integer');
    }
  }

  private integer64(high: number): number {
    const low = this.uint32();
    if (high > SAFE_HIGH_WORD || high < -SAFE_HIGH_WORD) throw new NotPlainError('no safe integer');
    return high * TWO_TO_32 + low;
  }

  private textOf(length: number): string {
    const from = this.skip(length);
    return this.bytes.toString('utf8', from, this.at);
  }

  private view(length: number): Buffer {
    const from = this.skip(length);
    return this.bytes.subarray(from, this.at);
  }

  private countAfterSize(width: 1 | 4): number {
    if (width === 1) this.skip(1);
    else this.skip(4);
    return width === 1 ? this.code() : this.uint32();
  }
}
