// The encoding of AMQP values by hand, so that a test knows each byte. [AMQP 1.6]

export function fixed(code: number, width: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(1 + width);
  bytes[0] = code;
  for (let index = width; index > 0; index -= 1) {
    bytes[index] = Number(value & 0xffn);
    value >>= 8n;
  }
  return bytes;
}

export const NULL = Buffer.of(0x40);
export const TRUE = Buffer.of(0x41);
export const ulong = (value: bigint): Buffer => fixed(0x80, 8, value);
export const long = (value: bigint): Buffer => fixed(0x81, 8, value);
export const timestamp = (timeMs: number): Buffer => fixed(0x83, 8, BigInt(timeMs));
export const int = (value: number): Buffer => fixed(0x71, 4, BigInt(value));
export const short = (value: number): Buffer => fixed(0x61, 2, BigInt(value));
export const byte = (value: number): Buffer => fixed(0x51, 1, BigInt(value));
export const char = (text: string): Buffer => fixed(0x73, 4, BigInt(text.codePointAt(0) ?? 0));
export const uuid = (bytes: Buffer): Buffer => Buffer.concat([Buffer.of(0x98), bytes]);

export function float(value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes[0] = 0x72;
  bytes.writeFloatBE(value, 1);
  return bytes;
}

export function double(value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = 0x82;
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

function variable(code: number, value: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(value.length);
  return Buffer.concat([Buffer.of(code), length, value]);
}
export const binary = (value: Buffer): Buffer => variable(0xb0, value);
export const string = (value: string): Buffer => variable(0xb1, Buffer.from(value));
export const symbol = (value: string): Buffer => variable(0xb3, Buffer.from(value));

function compound(code: number, items: readonly Buffer[]): Buffer {
  const content = Buffer.concat(items);
  const head = Buffer.alloc(9);
  head[0] = code;
  head.writeUInt32BE(content.length + 4, 1);
  head.writeUInt32BE(items.length, 5);
  return Buffer.concat([head, content]);
}
export const list = (...items: Buffer[]): Buffer => compound(0xd0, items);
export const map = (...entries: [key: Buffer, value: Buffer][]): Buffer => compound(0xd1, entries.flat());

/** A section of a message. [AMQP 3.2] */
export const section = (code: number, value: Buffer): Buffer =>
  Buffer.concat([Buffer.of(0x00, 0x53, code), value]);
export const annotations = (...entries: [key: Buffer, value: Buffer][]): Buffer =>
  section(0x72, map(...entries));
export const properties = (...fields: Buffer[]): Buffer => section(0x73, list(...fields));
export const applicationProperties = (...entries: [key: Buffer, value: Buffer][]): Buffer =>
  section(0x74, map(...entries));
export const data = (bytes: Buffer): Buffer => section(0x75, binary(bytes));
export const value = (encoded: Buffer): Buffer => section(0x77, encoded);
