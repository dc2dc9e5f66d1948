/** An entry of a table: its value is undefined where the record was deleted. */
export interface TableEntry {
  readonly key: string;
  /** Of two entries of one key the one with the higher sequence counts. */
  readonly sequence: bigint;
  readonly value: Buffer | undefined;
}

/** What is in a table, and what is wrong with it. */
export interface Table {
  readonly entries: readonly TableEntry[];
  /** One line for each block that is not as it was written. */
  readonly damaged: readonly string[];
}

interface Block {
  readonly offset: number;
  readonly size: number;
}

// [LevelDB: table_format.md] Blocks, each followed by its kind and its checksum, then the footer.
const FOOTER_BYTES = 48;
const MAGIC = Buffer.from('57fb808b247547db', 'hex');
const TRAILER_BYTES = 5;
const PLAIN = 0;
const MASK = 0xa282ead8;
const DELETED = 0n;

/**
 * Reads a table of LevelDB, and checks each block's checksum, which LevelDB itself does not: it ends the process on
 * some damage. Of compressed blocks, which stores before the checksums have, only the checksums are looked at.
 */
export function readTable(bytes: Buffer): Table {
  const damaged: string[] = [];
  const footer = bytes.subarray(Math.max(0, bytes.length - FOOTER_BYTES));
  if (footer.length < FOOTER_BYTES || !footer.subarray(40).equals(MAGIC))
    return { entries: [], damaged: ['its end is missing'] };
  const handles = new Reader(footer);
  const [others, index] = [handles.block(), handles.block()];
  const read = (block: Block): Buffer | undefined => {
    const content = readBlock(bytes, block);
    if (content === undefined) damaged.push(`${block.size} bytes at ${block.offset}`);
    return content;
  };
  const blocksIn = (block: Block): Block[] =>
    readEntries(read(block)).map(({ value }) => new Reader(value).block());
  for (const other of blocksIn(others)) read(other);
  const entries = blocksIn(index).flatMap((block) => readEntries(read(block)).map(toEntry));
  return { entries, damaged };
}

/** Returns a block's content, empty if it is compressed; undefined if it is damaged. */
function readBlock(bytes: Buffer, { offset, size }: Block): Buffer | undefined {
  const end = offset + size;
  if (!(end + TRAILER_BYTES <= bytes.length)) return undefined;
  const crc = crc32c(bytes.subarray(offset, end + 1));
  const masked = (((crc >>> 15) | (crc << 17)) + MASK) >>> 0;
  if (masked !== bytes.readUInt32LE(end + 1)) return undefined;
  return bytes[end] === PLAIN ? bytes.subarray(offset, end) : Buffer.alloc(4);
}

/** A key has what it shares with the one before left out. After the entries follow restart points and their number. */
function readEntries(content: Buffer | undefined): { key: Buffer; value: Buffer }[] {
  if (content === undefined) return [];
  const end = content.length - 4 - 4 * content.readUInt32LE(content.length - 4);
  const entries: { key: Buffer; value: Buffer }[] = [];
  const reader = new Reader(content);
  let key: Buffer = Buffer.alloc(0);
  while (reader.position < end) {
    const [shared, rest, size] = [reader.number(), reader.number(), reader.number()];
    key = Buffer.concat([key.subarray(0, shared), reader.bytes(rest)]);
    entries.push({ key, value: reader.bytes(size) });
  }
  return entries;
}

function toEntry({ key, value }: { key: Buffer; value: Buffer }): TableEntry {
  const tag = key.readBigUInt64LE(key.length - 8);
  return {
    key: key.toString('utf8', 0, key.length - 8),
    sequence: tag >> 8n,
    value: (tag & 0xffn) === DELETED ? undefined : value,
  };
}

class Reader {
  position = 0;

  constructor(private readonly source: Buffer) {}

  block(): Block {
    return { offset: this.number(), size: this.number() };
  }

  bytes(length: number): Buffer {
    this.position += length;
    return this.source.subarray(this.position - length, this.position);
  }

  /** A number in groups of seven bits, the lowest first. */
  number(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.source[this.position++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }
}

// Castagnoli's polynomial, lowest bit first.
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

function crc32c(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 255] as number);
  return (crc ^ 0xffffffff) >>> 0;
}
