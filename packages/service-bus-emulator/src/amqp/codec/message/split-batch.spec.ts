import { MalformedMessageError } from '@nestjs-service-bus/amqp-message';
import { describe, expect, it } from '@jest/globals';
import rhea from 'rhea';

import { splitBatch } from './split-batch.js';

const dataSections = (data: Buffer[]): object => rhea.message.data_sections(data) as object;
const dataSection = (data: Buffer): object => rhea.message.data_section(data) as object;

const encode = (id: string, size = 5): Buffer =>
  rhea.message.encode({ message_id: id, body: dataSection(Buffer.alloc(size, 1)) });

const batchOf = (messages: Buffer[], envelope: object = {}): Buffer =>
  rhea.message.encode({ ...envelope, body: dataSections(messages) });

describe('splitBatch', () => {
  it.each([1, 2, 50])('returns each of %d messages, in order', (count) => {
    const messages = Array.from({ length: count }, (_, index) => encode(`id-${index}`, index * 20));
    expect(splitBatch(batchOf(messages))).toEqual(messages);
  });

  it('ignores the sections that the envelope repeats from the first message', () => {
    const messages = [encode('a'), encode('b')];
    const envelope = {
      message_id: 'a',
      message_annotations: { 'x-opt-partition-key': 'key' },
      application_properties: { n: 1 },
      footer: { sum: 1 },
    };
    expect(splitBatch(batchOf(messages, envelope))).toEqual(messages);
  });

  it.each([
    ['no bytes', ''],
    ['no data', '005373c00401a10161'],
    ['a value instead of data', '00537740'],
    ['a cut-off message', '005375a00501'],
    ['data and a value', '005375a0010100537740'],
  ])('refuses a batch with %s', (_name, hex) => {
    expect(() => splitBatch(Buffer.from(hex, 'hex'))).toThrow(MalformedMessageError);
  });
});
