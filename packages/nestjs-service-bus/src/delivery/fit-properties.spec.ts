import { type ServiceBusReceivedMessage } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';

import { cutToBytes, fitProperties } from './fit-properties.js';

const withBytes = (count: number): ServiceBusReceivedMessage =>
  ({
    applicationProperties: { a: 'x'.repeat(count / 2), b: 'x'.repeat(count / 2) },
  }) as unknown as ServiceBusReceivedMessage;
const added = {
  'dead-letter-stack': 's'.repeat(8_000),
  'dead-letter-host': 'host',
  'dead-letter-attempt': 3,
};

describe('what a settlement adds to a message', () => {
  it('stays as it is where there is room', () => {
    expect(fitProperties(added, withBytes(1_000))).toEqual(added);
  });

  it('has its longest text cut where there is little room', () => {
    const fit = fitProperties(added, withBytes(60_000));
    expect(fit).toMatchObject({ 'dead-letter-host': 'host', 'dead-letter-attempt': 3 });
    const { length } = fit['dead-letter-stack'] as string;
    expect(length).toBeGreaterThan(1_000);
    expect(length).toBeLessThan(5_000);
  });

  it('is left out where there is none', () => {
    expect(fitProperties(added, withBytes(64_400))).toEqual({});
  });

  it('needs no room for what it writes over', () => {
    const message = {
      applicationProperties: { record: 'x'.repeat(64_000) },
    } as unknown as ServiceBusReceivedMessage;
    expect(fitProperties({ record: 1 }, message)).toEqual({ record: 1 });
  });

  it('is cut between characters', () => {
    expect([
      cutToBytes('aé😀', 7),
      cutToBytes('aé😀', 6),
      cutToBytes('aé😀', 2),
      cutToBytes('aé😀', -1),
    ]).toEqual(['aé😀', 'aé', 'a', '']);
  });
});
