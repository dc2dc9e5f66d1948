import { describe, it, expect } from '@jest/globals';

import { segmentText } from './segment-text.js';

const texts = {
  English: 'It was the 3.5th day, e.g. a "Tuesday". Was it? Yes! Dr. Smith saw it.\r\n\r\nThe end. ',
  Thai: 'สวัสดีครับวันนี้อากาศดีมาก เราไปเดินเล่นกันเถอะ ',
  Japanese: '今日は天気がいいですね。散歩に行きましょう。カタカナも「かな」もあります。',
  emoji: '👨‍👩‍👧‍👦🇩🇪🇫🇷é👍🏽',
};

describe('segmentText', () => {
  for (const granularity of ['grapheme', 'word', 'sentence'] as const) {
    it.each(Object.entries(texts))(
      `finds the same ${granularity}s as the segmenter in long %s`,
      (_name, text) => {
        const segmenter = new Intl.Segmenter('und', { granularity });
        const long = text.repeat(Math.ceil(3000 / text.length));
        const expected = Array.from(segmenter.segment(long), ({ segment }) => segment);
        expect(Array.from(segmentText(segmenter, long), ({ segment }) => segment)).toEqual(expected);
      },
    );
  }

  it('yields a segment that is longer than it looks ahead', () => {
    const letter = `e${'\u0301'.repeat(5000)}`;
    const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });
    expect(Array.from(segmentText(segmenter, `a${letter}b`), ({ segment }) => segment)).toEqual([
      'a',
      letter,
      'b',
    ]);
  });

  it('yields nothing for an empty text', () => {
    expect([...segmentText(new Intl.Segmenter('und'), '')]).toEqual([]);
  });
});
