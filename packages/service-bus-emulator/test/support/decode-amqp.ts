/** A value with a descriptor. [AMQP 1.2] */
export class Described {
  constructor(
    readonly descriptor: unknown,
    readonly value: unknown,
  ) {}
}

/** A symbol, which a client may tell from a string. */
export class AmqpSymbol {
  constructor(readonly name: string) {}
}

type Read = (decoder: Decoder) => unknown;

const uint =
  (width: number): Read =>
  (decoder) =>
    decoder.uint(width);
const fixed =
  (width: number, read: (bytes: Buffer) => unknown): Read =>
  (decoder) =>
    read(decoder.take(width));
const variable =
  (width: number, read: (bytes: Buffer) => unknown): Read =>
  (decoder) =>
    read(decoder.take(decoder.uint(width)));

/** [AMQP 1.6] */
const READERS: Readonly<Record<number, Read>> = {
  0x00: (decoder) => new Described(decoder.read(), decoder.read()),
  0x40: () => null,
  0x41: () => true,
  0x42: () => false,
  0x43: () => 0,
  0x44: () => 0,
  0x45: () => [],
  0x50: uint(1),
  0x52: uint(1),
  0x53: uint(1),
  0x54: fixed(1, (bytes) => bytes.readInt8()),
  0x55: fixed(1, (bytes) => bytes.readInt8()),
  0x56: fixed(1, (bytes) => bytes[0] === 1),
  0x60: uint(2),
  0x70: uint(4),
  0x71: fixed(4, (bytes) => bytes.readInt32BE()),
  0x80: fixed(8, (bytes) => Number(bytes.readBigUInt64BE())),
  0x81: fixed(8, (bytes) => Number(bytes.readBigInt64BE())),
  0x83: fixed(8, (bytes) => Number(bytes.readBigInt64BE())),
  0x98: fixed(16, (bytes) => bytes),
  0xa0: variable(1, (bytes) => bytes),
  0xb0: variable(4, (bytes) => bytes),
  0xa1: variable(1, (bytes) => bytes.toString('utf8')),
  0xb1: variable(4, (bytes) => bytes.toString('utf8')),
  0xa3: variable(1, (bytes) => new AmqpSymbol(bytes.toString('ascii'))),
  0xb3: variable(4, (bytes) => new AmqpSymbol(bytes.toString('ascii'))),
  0xc0: (decoder) => decoder.items(1),
  0xd0: (decoder) => decoder.items(4),
  0xc1: (decoder) => toMap(decoder.items(1)),
  0xd1: (decoder) => toMap(decoder.items(4)),
  0xe0: (decoder) => decoder.array(1),
  0xf0: (decoder) => decoder.array(4),
};

/** Decodes AMQP values by the specification alone, with nothing of the emulator's or rhea's. */
export class Decoder {
  constructor(
    private readonly bytes: Buffer,
    private at = 0,
  ) {}

  get rest(): Buffer {
    return this.bytes.subarray(this.at);
  }

  read(): unknown {
    return this.#readAs(this.uint(1));
  }

  uint(width: number): number {
    const value = this.bytes.readUIntBE(this.at, width);
    this.at += width;
    return value;
  }

  take(length: number): Buffer {
    if (this.at + length > this.bytes.length)
      throw new Error(`A value of ${length} bytes exceeds the frame.`);
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  items(width: number): unknown[] {
    const size = this.uint(width);
    const end = this.at + size;
    const count = this.uint(width);
    const items = Array.from({ length: count }, () => this.read());
    if (this.at !== end) throw new Error(`A list of ${size} bytes has ${this.at - end + size}.`);
    return items;
  }

  array(width: number): unknown[] {
    this.uint(width);
    const count = this.uint(width);
    const code = this.uint(1);
    return Array.from({ length: count }, () => this.#readAs(code));
  }

  #readAs(code: number): unknown {
    const read = READERS[code];
    if (!read) throw new Error(`The type code 0x${code.toString(16)} is unknown.`);
    return read(this);
  }
}

function toMap(items: readonly unknown[]): Map<unknown, unknown> {
  const entries = new Map<unknown, unknown>();
  for (let index = 0; index < items.length; index += 2) {
    const key = items[index];
    entries.set(key instanceof AmqpSymbol ? key.name : key, items[index + 1]);
  }
  return entries;
}
