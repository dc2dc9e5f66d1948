import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import { type AmqpSymbol, Decoder, Described } from './decode-amqp.js';
import * as amqp from './encode-amqp.js';
import { sasToken } from './sas-token.js';
import { until } from '../../../../test/support/until.js';

// [AMQP 2.7, 2.8.14, 3.4, 3.5] What a client knows that finds fields by their index.
const FIELDS: Readonly<Record<number, readonly [name: string, count: number]>> = {
  0x10: ['open', 10],
  0x11: ['begin', 8],
  0x12: ['attach', 14],
  0x13: ['flow', 11],
  0x14: ['transfer', 11],
  0x15: ['disposition', 6],
  0x16: ['detach', 3],
  0x17: ['end', 1],
  0x18: ['close', 1],
  0x1d: ['error', 3],
  0x23: ['received', 2],
  0x24: ['accepted', 0],
  0x25: ['rejected', 1],
  0x26: ['released', 0],
  0x27: ['modified', 3],
  0x28: ['source', 11],
  0x29: ['target', 7],
};

/** A performative that the broker has sent. */
export interface ReceivedFrame {
  readonly kind: string;
  readonly channel: number;
  /** All fields, by index; null where there is no value. */
  readonly fields: readonly unknown[];
  readonly payload: Buffer;
}

/** An error that the broker has sent. */
export interface WireError {
  readonly condition: string;
  readonly description: string;
}

/** A key and what it is called. */
export interface SasKey {
  readonly keyName: string;
  readonly key: string;
}

const { NULL, TRUE } = amqp;
const FALSE = Buffer.of(0x42);
const uint = (value: number): Buffer => amqp.fixed(0x70, 4, BigInt(value));
const ubyte = (value: number): Buffer => amqp.fixed(0x50, 1, BigInt(value));
const performative = (code: number, ...fields: Buffer[]): Buffer =>
  Buffer.concat([Buffer.of(0x00, 0x53, code), amqp.list(...fields)]);

/** [AMQP 3.5.3] A source, by its address or whatever it has else. */
export const source = (address: string, filter: Buffer = NULL): Buffer =>
  performative(0x28, amqp.string(address), NULL, NULL, NULL, NULL, NULL, NULL, filter);
/** [AMQP 3.5.4] A target. */
export const target = (address: string): Buffer => performative(0x29, amqp.string(address));
/** A source or target without any field, in the shortest encoding. */
export const emptyTerminus = (code: 0x28 | 0x29): Buffer => Buffer.of(0x00, 0x53, code, 0x45);

/**
 * A client without an AMQP library. It reads every field of every performative by its index and fails if one is missing
 * or surplus, as clients do that know their number.
 */
export class WireClient {
  /** What has come, in order. */
  readonly frames: ReceivedFrame[] = [];
  /** Why what has come cannot be read; undefined as long as it can. */
  failure: Error | undefined;
  #input = Buffer.alloc(0);
  #taken = new Set<ReceivedFrame>();
  #headers = 0;

  private constructor(
    readonly socket: Socket,
    readonly host: string,
  ) {
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      try {
        this.#receive(chunk);
      } catch (error) {
        this.failure ??= error as Error;
      }
    });
  }

  /** Opens a connection and one session on channel 0. */
  static async connect(port: number): Promise<WireClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const client = new WireClient(socket, `127.0.0.1:${port}`);
    socket.write(Buffer.from('AMQP\0\x01\0\0', 'latin1'));
    client.write(performative(0x10, amqp.string('wire'), amqp.string('127.0.0.1')));
    client.write(performative(0x11, NULL, uint(0), uint(1_000), uint(1_000)));
    await client.next('open');
    await client.next('begin');
    return client;
  }

  close(): void {
    this.socket.destroy();
  }

  write(body: Buffer, channel = 0): void {
    const header = Buffer.alloc(8);
    header.writeUInt16BE(channel, 6);
    header.writeUInt32BE(8 + body.length, 0);
    header[4] = 2;
    this.socket.write(Buffer.concat([header, body]));
  }

  /** The next performative of a kind that nobody has taken yet; fails on what a strict client could not read. */
  async next(kind: string, isIt: (frame: ReceivedFrame) => boolean = () => true): Promise<ReceivedFrame> {
    let found: ReceivedFrame | undefined;
    await until(() => {
      if (this.failure !== undefined) throw this.failure;
      found = this.frames.find((frame) => frame.kind === kind && !this.#taken.has(frame) && isIt(frame));
      return found !== undefined;
    });
    this.#taken.add(found!);
    return found!;
  }

  attachSender(
    handle: number,
    to: Buffer,
    name = `link-${handle}`,
    from: Buffer = emptyTerminus(0x28),
    channel = 0,
  ): void {
    const settleModes = [NULL, NULL];
    const unsettled = [NULL, NULL, uint(0)];
    this.write(
      performative(0x12, amqp.string(name), uint(handle), FALSE, ...settleModes, from, to, ...unsettled),
      channel,
    );
  }

  attachReceiver(
    handle: number,
    from: Buffer,
    name = `link-${handle}`,
    to: Buffer = emptyTerminus(0x29),
  ): void {
    this.write(performative(0x12, amqp.string(name), uint(handle), TRUE, ubyte(0), ubyte(0), from, to));
  }

  /** Gives credit; `received` is how many messages have come on the link so far. */
  flow(handle: number, credit: number, received = 0): void {
    const window = [uint(0), uint(1_000), uint(0), uint(1_000)];
    this.write(performative(0x13, ...window, uint(handle), uint(received), uint(credit)));
  }

  detach(handle: number): void {
    this.write(performative(0x16, uint(handle), TRUE));
  }

  transfer(handle: number, id: number, message: Buffer): void {
    const tag = amqp.binary(Buffer.from(String(id)));
    this.write(
      Buffer.concat([performative(0x14, uint(handle), uint(id), tag, uint(0), FALSE, FALSE), message]),
    );
  }

  /** Begins a transfer, or goes on with it: more is to follow. */
  transferPart(handle: number, id: number, part: Buffer, channel = 0): void {
    const tag = amqp.binary(Buffer.from(String(id)));
    const transfer = performative(0x14, uint(handle), uint(id), tag, uint(0), FALSE, TRUE);
    this.write(Buffer.concat([transfer, part]), channel);
  }

  /** Opens a further session. */
  begin(channel: number): void {
    this.write(performative(0x11, NULL, uint(0), uint(1_000), uint(1_000)), channel);
  }

  end(channel: number): void {
    this.write(performative(0x17, NULL), channel);
  }

  /** Settles a delivery as a receiver, with an outcome without fields. */
  settle(id: number, outcome: number): void {
    const state = Buffer.of(0x00, 0x53, outcome, 0x45);
    this.write(performative(0x15, TRUE, uint(id), uint(id), FALSE, state));
  }

  /** Opens the links to `$cbs` as handles 100 and 101 and proves the right to everything, or to what a key grants. */
  async putToken(key?: SasKey): Promise<void> {
    this.attachSender(100, target('$cbs'), 'cbs');
    this.attachReceiver(101, source('$cbs'), 'cbs-reply');
    this.flow(101, 10);
    await this.next('attach');
    await this.next('attach');
    this.transfer(100, 0, this.tokenRequest('cbs-reply', key));
    await this.next('disposition');
    await this.next('transfer');
  }

  tokenRequest(replyTo: string, key?: SasKey): Buffer {
    const url = `sb://${this.host}/`;
    return Buffer.concat([
      amqp.properties(amqp.string('1'), NULL, amqp.string('$cbs'), NULL, amqp.string(replyTo)),
      amqp.applicationProperties(
        [amqp.string('operation'), amqp.string('put-token')],
        [amqp.string('type'), amqp.string('jwt')],
        [amqp.string('name'), amqp.string(url)],
      ),
      amqp.value(amqp.string(sasToken(url, key))),
    ]);
  }

  #receive(chunk: Buffer): void {
    this.#input = Buffer.concat([this.#input, chunk]);
    if (this.#headers === 0) {
      if (this.#input.length < 8) return;
      this.#input = this.#input.subarray(8);
      this.#headers = 1;
    }
    while (this.#input.length >= 8 && this.#input.length >= this.#input.readUInt32BE(0)) {
      const size = this.#input.readUInt32BE(0);
      const frame = this.#input.subarray(0, size);
      this.#input = this.#input.subarray(size);
      if (size > 8) this.#read(frame);
    }
  }

  #read(frame: Buffer): void {
    const decoder = new Decoder(frame, frame[4]! * 4);
    const { kind, fields } = fieldsOf(decoder.read());
    this.frames.push({ kind, channel: frame.readUInt16BE(6), fields, payload: decoder.rest });
  }
}

/** Reads an error out of the field of a detach, a close or a rejected outcome. */
export function errorOf(value: unknown): WireError {
  const { kind, fields } = fieldsOf(value);
  if (kind !== 'error') throw new Error(`An error is expected, but ${kind} came.`);
  return { condition: (fields[0] as AmqpSymbol).name, description: fields[1] as string };
}

/** Returns the fields of a composite value, after all of them were counted, also those of the ones inside. */
export function fieldsOf(value: unknown): { kind: string; fields: unknown[] } {
  if (!(value instanceof Described) || !Array.isArray(value.value)) throw new Error('A list is expected.');
  const [kind, count] = FIELDS[value.descriptor as number] ?? [];
  if (kind === undefined) throw new Error(`The descriptor ${String(value.descriptor)} is unknown.`);
  const fields = value.value as unknown[];
  if (fields.length !== count) throw new Error(`${kind} has ${fields.length} fields instead of ${count}.`);
  for (const field of fields) {
    if (field instanceof Described && (field.descriptor as number) in FIELDS) fieldsOf(field);
  }
  return { kind, fields };
}
