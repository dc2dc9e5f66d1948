import { describe, expect, it } from '@jest/globals';
import rhea from 'rhea';

import { writeDispositionFrame, writeOutcome, writeRejected, writeTransferFrame } from './frame-writer.js';

/** A frame as rhea reads it: its header, its performative, and what follows. */
function read(frame: Buffer): { channel: number; descriptor: number; fields: unknown[]; payload: Buffer } {
  expect(frame.readUInt32BE(0)).toBe(frame.length);
  expect([frame[4], frame[5]]).toEqual([2, 0]);
  const reader = new (rhea.types as unknown as { Reader: new (bytes: Buffer) => Reader }).Reader(
    frame.subarray(8),
  );
  const performative = reader.read();
  return {
    channel: frame.readUInt16BE(6),
    descriptor: performative.descriptor.value,
    fields: performative.value.map((field) =>
      (rhea.types as { unwrap(value: unknown): unknown }).unwrap(field),
    ),
    payload: frame.subarray(8 + reader.position),
  };
}
interface Reader {
  readonly position: number;
  read(): { descriptor: { value: number }; value: unknown[] };
}

describe('writeTransferFrame', () => {
  const transfer = {
    channel: 4_711,
    handle: 7,
    deliveryId: 4_000_000_000,
    deliveryTag: Buffer.alloc(16, 9),
    messageFormat: 0,
    settled: false,
    more: true,
  };

  it('writes all fields, and the payload after them', () => {
    const payload = Buffer.from('payload');
    expect(read(writeTransferFrame(transfer, payload))).toEqual({
      channel: 4_711,
      descriptor: 0x14,
      fields: [7, 4_000_000_000, Buffer.alloc(16, 9), 0, false, true, null, null, null, null, null],
      payload,
    });
  });

  it('writes an empty tag and an empty payload', () => {
    const { fields, payload } = read(
      writeTransferFrame(
        { ...transfer, deliveryTag: Buffer.alloc(0), settled: true, more: false },
        Buffer.alloc(0),
      ),
    );
    expect(fields).toEqual([
      ...[7, 4_000_000_000, Buffer.alloc(0), 0, true, false],
      ...[null, null, null, null, null],
    ]);
    expect(payload).toHaveLength(0);
  });
});

describe('writeDispositionFrame', () => {
  it('settles a range as the sender, with an outcome', () => {
    expect(read(writeDispositionFrame(3, 10, 12, writeOutcome(0x24)))).toMatchObject({
      channel: 3,
      descriptor: 0x15,
      fields: [false, 10, 12, true, [], null],
    });
  });

  it.each([1, 10, 230, 240, 255, 300, 70_000])('writes an error whose description has %i bytes', (length) => {
    const description = 'x'.repeat(length);
    const frame = writeDispositionFrame(
      0,
      1,
      1,
      writeRejected('com.microsoft:message-lock-lost', description),
    );
    const [, , , , rejected] = read(frame).fields;
    expect(rejected).toMatchObject([{ condition: 'com.microsoft:message-lock-lost', description }]);
  });

  it('writes descriptions beyond ASCII', () => {
    const [, , , , rejected] = read(
      writeDispositionFrame(0, 1, 1, writeRejected('amqp:x', 'größer ≥')),
    ).fields;
    expect(rejected).toMatchObject([{ condition: 'amqp:x', description: 'größer ≥' }]);
  });
});
