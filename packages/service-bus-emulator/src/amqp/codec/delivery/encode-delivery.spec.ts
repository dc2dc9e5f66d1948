import { describe, expect, it } from '@jest/globals';
import rhea from 'rhea';

import { type DeliveryStamp } from './delivery-stamp.js';
import { encodeDelivery } from './encode-delivery.js';
import { parseMessage } from '../message/parse-message.js';

const { types } = rhea;
const dataSection = (data: Buffer): object => rhea.message.data_section(data) as object;
const STAMP: DeliveryStamp = {
  deliveryCount: 0,
  sequenceNumber: 7,
  enqueuedSequenceNumber: 3,
  enqueuedTimeMs: 1_700_000_000_000,
  lockedUntilMs: 1_700_000_060_000,
  state: 0,
};
const SOURCE = {
  durable: true,
  priority: 9,
  ttl: 60_000,
  first_acquirer: true,
  delivery_count: 12,
  delivery_annotations: { 'x-opt-for-the-broker': 1 },
  message_annotations: { 'x-opt-partition-key': 'key', mine: types.wrap_long(5) },
  message_id: types.wrap_uuid(Buffer.alloc(16, 0xab)),
  application_properties: { long: types.wrap_long(5), double: types.wrap_double(2) },
  body: dataSection(Buffer.from('body')),
};

const deliver = (source: object, stamp: DeliveryStamp): Buffer =>
  encodeDelivery(
    parseMessage(rhea.message.encode(source), () => 'new'),
    stamp,
  );

const annotationsOf = (delivery: Buffer): Record<string, unknown> =>
  (rhea.message.decode(delivery) as unknown as { message_annotations: Record<string, unknown> })
    .message_annotations;

const symbol = (text: string): string =>
  `a3${Buffer.of(text.length).toString('hex')}${Buffer.from(text).toString('hex')}`;
const int64 = (value: number): string => BigInt.asUintN(64, BigInt(value)).toString(16).padStart(16, '0');

describe('encodeDelivery', () => {
  it('adds what a receiver needs to know', () => {
    expect(annotationsOf(deliver(SOURCE, STAMP))).toEqual({
      'x-opt-partition-key': 'key',
      mine: 5,
      'x-opt-sequence-number': 7,
      'x-opt-enqueue-sequence-number': 3,
      'x-opt-enqueued-time': new Date(1_700_000_000_000),
      'x-opt-locked-until': new Date(1_700_000_060_000),
      'x-opt-message-state': 0,
    });
  });

  it('writes each annotation in its type', () => {
    const hex = deliver(SOURCE, { ...STAMP, state: 2 }).toString('hex');
    expect(hex).toContain(`${symbol('x-opt-sequence-number')}81${int64(7)}`);
    expect(hex).toContain(`${symbol('x-opt-enqueue-sequence-number')}81${int64(3)}`);
    expect(hex).toContain(`${symbol('x-opt-enqueued-time')}83${int64(1_700_000_000_000)}`);
    expect(hex).toContain(`${symbol('x-opt-locked-until')}83${int64(1_700_000_060_000)}`);
    expect(hex).toContain(`${symbol('x-opt-message-state')}5402`);
  });

  it.each([0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x1_0000_0000, Number.MAX_SAFE_INTEGER])(
    'writes the sequence number %d',
    (sequenceNumber) => {
      const hex = deliver(SOURCE, { ...STAMP, sequenceNumber }).toString('hex');
      expect(hex).toContain(`${symbol('x-opt-sequence-number')}81${int64(sequenceNumber)}`);
    },
  );

  it('omits the lock of a message that is not locked', () => {
    const { lockedUntilMs: _, ...peeked } = STAMP;
    expect(annotationsOf(deliver(SOURCE, { ...peeked, state: 1 }))).toEqual({
      'x-opt-partition-key': 'key',
      mine: 5,
      'x-opt-sequence-number': 7,
      'x-opt-enqueue-sequence-number': 3,
      'x-opt-enqueued-time': new Date(1_700_000_000_000),
      'x-opt-message-state': 1,
    });
  });

  it.each([STAMP.lockedUntilMs, undefined])(
    'names the source of a dead letter (locked until %s)',
    (lockedUntilMs) => {
      const delivery = deliver(SOURCE, { ...STAMP, lockedUntilMs, deadLetterSource: 'orders' });
      expect(annotationsOf(delivery)['x-opt-deadletter-source']).toBe('orders');
      expect(annotationsOf(delivery).mine).toBe(5);
    },
  );

  it("keeps the producer's own annotations byte-equal", () => {
    const wide = Buffer.from(
      `005372c11002${symbol('mine')}810000000000000005005373c00401a10161005375a000`,
      'hex',
    );
    const delivery = encodeDelivery(
      parseMessage(wide, () => 'new'),
      STAMP,
    );
    expect(delivery.toString('hex')).toContain(`${symbol('mine')}810000000000000005`);
  });

  it.each([
    [0, '43'],
    [1, '5201'],
    [255, '52ff'],
    [256, '7000000100'],
  ])('writes a delivery count of %d', (deliveryCount, hex) => {
    const delivery = deliver({ message_id: 'id', body: 'x' }, { ...STAMP, deliveryCount });
    expect(delivery.subarray(0, 10 + hex.length / 2).toString('hex')).toBe(
      `005370c0${(5 + hex.length / 2).toString(16).padStart(2, '0')}0540404040${hex}`,
    );
    expect(rhea.message.decode(delivery)).toMatchObject({ delivery_count: deliveryCount });
  });

  it('keeps what the producer has said in the header, but not its delivery count', () => {
    const message = rhea.message.decode(deliver(SOURCE, { ...STAMP, deliveryCount: 2 }));
    expect(message).toMatchObject({ durable: true, priority: 9, ttl: 60_000, delivery_count: 2 });
    expect(message['first_acquirer']).toBe(true);
  });

  it.each([
    ['45', ''],
    ['c0 02 01 41', '41'],
    ['c0 03 01 56 01', '5601'],
    ['c0 04 02 40 50 07', '405007'],
    ['d0 0000000c 00000003 42 50 01 70 00000005', '4250017000000005'],
  ])('keeps the header fields of %s byte-equal', (list, fields) => {
    const bytes = Buffer.from(`005370${list}005373c00401a10161005375a000`.replaceAll(' ', ''), 'hex');
    const hex = encodeDelivery(
      parseMessage(bytes, () => 'new'),
      STAMP,
    ).toString('hex');
    expect(hex.slice(12)).toMatch(new RegExp(`^${fields}(40){1,4}43005372`));
  });

  it('drops delivery annotations', () => {
    expect(deliver(SOURCE, STAMP).includes('x-opt-for-the-broker')).toBe(false);
  });

  it('copies properties, application properties, body and footer byte-equal', () => {
    const tail = Buffer.from(
      '005373c013029800112233445566778899aabbccddeeff40' +
        '005374c10d02a10162810000000000000005' +
        '005375a0020102' +
        '005375b00000000103' +
        '005378c10100',
      'hex',
    );
    const message = parseMessage(Buffer.concat([Buffer.from('00537045', 'hex'), tail]), () => 'new');
    expect(encodeDelivery(message, STAMP).subarray(-tail.length)).toEqual(tail);
  });

  it('delivers the same bytes each time', () => {
    const message = parseMessage(rhea.message.encode(SOURCE), () => 'new');
    expect(encodeDelivery(message, STAMP)).toEqual(encodeDelivery(message, STAMP));
  });
});
