import { describe, expect, it } from '@jest/globals';

import { element } from '../xml/xml-element.js';
import { DescriptionReader } from './description-reader.js';

const durationOf = (text: string): number | undefined =>
  new DescriptionReader(element('QueueDescription', [element('LockDuration', text)])).durationMs(
    'LockDuration',
  );

describe('DescriptionReader', () => {
  it.each([
    ['PT1M', 60_000],
    ['PT0.5S', 500],
    ['P1DT2H3M4.5S', 93_784_500],
    ['P10675199DT2H48M5.4775807S', Infinity],
  ])('reads the duration %s', (text, milliseconds) => {
    expect(durationOf(text)).toBe(milliseconds);
  });

  it.each(['P2W', 'PT0.5M', 'P1.5D', 'PT1', '60', ''])(
    'refuses the duration "%s", as the cloud does',
    (text) => {
      expect(() => durationOf(text)).toThrow(
        `The value '${text}' of LockDuration is not an ISO 8601 duration`,
      );
    },
  );
});
