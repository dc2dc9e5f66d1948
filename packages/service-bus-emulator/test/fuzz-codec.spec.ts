import { locateSections, MalformedMessageError } from '@nestjs-service-bus/amqp-message';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import rhea from 'rhea';
import { type PropertyValue, type SystemProperty } from '@nestjs-service-bus/rule-filter';

import { encodeDelivery } from '../src/amqp/codec/delivery/encode-delivery.js';
import { EncodedMessage } from '../src/amqp/codec/message/encoded-message.js';
import { parseMessage } from '../src/amqp/codec/message/parse-message.js';
import { splitBatch } from '../src/amqp/codec/message/split-batch.js';
import { FUZZ_INPUTS, FUZZ_TIMEOUT_MS, FuzzBytes, MemoryWatch } from './fuzz-bytes.js';

const { types } = rhea;
const STAMP = {
  deliveryCount: 1,
  sequenceNumber: 2,
  enqueuedSequenceNumber: 3,
  enqueuedTimeMs: 4,
  lockedUntilMs: 5,
  state: 0,
  deadLetterSource: 'source',
} as const;
const SYSTEM_PROPERTIES: readonly SystemProperty[] = [
  ...(['ContentType', 'CorrelationId', 'Label', 'MessageId', 'ReplyTo', 'ReplyToSessionId'] as const),
  ...(['SessionId', 'To'] as const),
];

function corpus(): Buffer[] {
  const full = rhea.message.encode({
    durable: true,
    priority: 3,
    ttl: 60_000,
    delivery_annotations: { a: 1 },
    message_annotations: {
      'x-opt-partition-key': 'key',
      'x-opt-scheduled-enqueue-time': new Date(5),
      'x-opt-sequence-number': types.wrap_long(5),
    },
    message_id: 'id',
    correlation_id: types.wrap_uuid(Buffer.alloc(16, 1)) as object,
    subject: 'subject',
    creation_time: 5,
    absolute_expiry_time: 10,
    group_id: 'session',
    application_properties: { a: 1.5, b: 'text', c: types.wrap_long(-1), d: new Date(7), e: true },
    footer: { f: 1 },
    body: rhea.message.data_sections([Buffer.from('one'), Buffer.from('two')]) as object,
  });
  const nested = types.wrap_map({
    list: types.wrap_list([1, 'two', types.wrap_list([types.wrap_long(3)])]),
    array: types.wrap_array([1, 2, 3], 0x70, undefined),
    empty: types.wrap_array([null, null], 0x40, undefined),
    none: types.wrap_array([], 0x70, undefined),
    described: types.wrap_described('x', 'some:type'),
  });
  const small = rhea.message.encode({ body: rhea.message.data_section(Buffer.from('small')) as object });
  return [
    full,
    small,
    rhea.message.encode({ message_id: 5, body: nested }),
    rhea.message.encode({ body: rhea.message.sequence_section([1, 'a', null]) as object }),
    rhea.message.encode({ body: rhea.message.data_sections([full, small, small]) as object }),
  ];
}

/** The result, or undefined for what is malformed; any other error is the failure that is looked for. */
function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof MalformedMessageError) return undefined;
    throw error;
  }
}

/** All that a broker does with a message that it took; nothing of it may fail any more. */
function use(message: EncodedMessage): void {
  for (const name of SYSTEM_PROPERTIES) message.systemProperty(name);
  message.applicationProperty('A');
  const delivery = encodeDelivery(message, STAMP);
  locateSections(delivery);
  rhea.message.decode(delivery);
  const kept = message.bytes.subarray(message.places.kept);
  if (!delivery.subarray(delivery.length - kept.length).equals(kept)) throw new Error('changed on delivery');

  const changed = message.withProperties({
    application: new Map<string, PropertyValue>([
      ['A', 'changed'],
      ['b', null],
    ]),
    system: new Map<SystemProperty, PropertyValue>([['Label', 'changed']]),
  });
  if (changed.applicationProperty('a') !== 'changed') throw new Error('not changed');
  if (!new EncodedMessage(message.bytes).bytes.equals(message.bytes)) throw new Error('changed in the store');
}

describe(`the message codec, on ${FUZZ_INPUTS} inputs`, () => {
  beforeAll(() => {
    // rhea says much about values that are sound and mean nothing to it.
    jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  });
  afterAll(() => {
    jest.restoreAllMocks();
  });

  it(
    'fails in no way but the one it declares, and lets pass only what rhea can decode',
    () => {
      const fuzz = new FuzzBytes(20_261_121);
      const valid = corpus();
      const memory = new MemoryWatch();
      const counts = { taken: 0, refused: 0 };
      for (let index = 0; index < FUZZ_INPUTS; index++) {
        const input = index % 8 === 0 ? fuzz.random(60) : fuzz.mutate(fuzz.pick(valid));
        try {
          const message = attempt(() => parseMessage(input, () => 'new'));
          if (message === undefined) counts.refused++;
          else {
            counts.taken++;
            use(message);
          }
          if (attempt(() => (locateSections(input), true))) rhea.message.decode(input);
          for (const part of attempt(() => splitBatch(input)) ?? [])
            attempt(() => parseMessage(part, () => 'new'));
        } catch (error) {
          throw new Error(`on input ${index}: ${input.toString('hex')}`, { cause: error });
        }
        memory.sample();
      }
      // Both ways have been walked often, or the campaign shows little.
      expect(Math.min(counts.taken, counts.refused)).toBeGreaterThan(FUZZ_INPUTS / 20);
      expect(memory.most).toBeLessThan(300_000_000);
    },
    FUZZ_TIMEOUT_MS,
  );
});
