import { type FileHandle, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';

const FILE = 'SERVICE-BUS-EMULATOR';
const FORMAT = 2;
// 2^53 has sixteen decimal digits. One width for all, so that a stamp is written over the one before.
const COUNT_WIDTH = 16;

/**
 * How many writes a store has acknowledged, in a file of its own beside the database. A database whose end is cut off
 * looks like an older one: only this tells that something is missing.
 */
export class Stamp {
  private constructor(private readonly file: FileHandle) {}

  /** Returns the number of writes; undefined without a stamp, NaN if it cannot be read. */
  static async read(directory: string): Promise<number | undefined> {
    let text: string;
    try {
      text = await readFile(path.join(directory, FILE), 'latin1');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    const count = Number(/^service-bus-emulator \d+ (\d{16}) /.exec(text)?.[1]);
    return text === format(count) ? count : NaN;
  }

  /** Opens the stamp of a store; writes it if it is missing. */
  static async open(directory: string): Promise<Stamp> {
    const isNew = (await Stamp.read(directory)) === undefined;
    const stamp = new Stamp(await open(path.join(directory, FILE), isNew ? 'w+' : 'r+'));
    if (isNew) {
      await stamp.write(0);
      await stamp.file.sync();
    }
    return stamp;
  }

  /** Survives the end of the process; after that of the machine an older one may be there, and does no harm. */
  async write(count: number): Promise<void> {
    await this.file.write(format(count), 0, 'latin1');
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

function format(count: number): string {
  const text = `service-bus-emulator ${FORMAT} ${String(count).padStart(COUNT_WIDTH, '0')} `;
  return `${text}${crc32(text).toString(16).padStart(8, '0')}\n`;
}
