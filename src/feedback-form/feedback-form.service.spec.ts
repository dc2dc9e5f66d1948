import { describe, it, expect } from '@jest/globals';

import { FeedbackFormService } from './feedback-form.service.js';

describe('FeedbackFormService', () => {
  const service = new FeedbackFormService();
  const read = (comment: string, name = 'Ada Lovelace'): ReturnType<FeedbackFormService['read']> =>
    service.read({ name, email: 'ada@example.org', rating: 4, comment });

  it('tells what a form says', async () => {
    expect(await read('It came on Monday. The delivery was terribly slow and the box was damaged!')).toEqual({
      rating: 4,
      sentiment: 'negative',
      summary: 'The delivery was terribly slow and the box was damaged!',
      hashtag: '#delivery',
      containsPersonalData: false,
    });
  });

  it.each([
    ['positive', 'I love this product! Best purchase ever.'],
    ['positive', 'I am not unhappy'],
    ['positive', '😀 nice'],
    ['negative', 'Not good at all.'],
    ['negative', 'This is the worst experience of my life; terrible support.'],
    ['neutral', 'It arrived on Tuesday.'],
    ['neutral', ''],
  ])('hears a %s tone in %j', async (sentiment, comment) => {
    expect(await read(comment)).toMatchObject({ sentiment });
  });

  it.each([
    ['#purchase', 'Best purchase ever.'],
    ['#delivery', 'Delivery was late.'],
    ['#staff', 'Nice shop. Friendly staff. The staff knows everything.'],
    ['#slow', 'So slow!'],
    ['#散歩', '散歩'],
    ['#feedback', '...'],
    ['#feedback', ''],
  ])('chooses %s for %j', async (hashtag, comment) => {
    expect(await read(comment)).toMatchObject({ hashtag });
  });

  it('does not publish the writer’s name in a hashtag', async () => {
    expect((await read('Lovelace! Lovelace! Great shop.')).hashtag).toBe('#shop');
  });

  it('summarises in at most 140 characters, and cuts between words', async () => {
    const { summary } = await read(`The delivery was ${'very '.repeat(60)}slow.`);
    expect(summary).toMatch(/^The delivery was very [very ]*very…$/);
    expect(Array.from(summary).length).toBeLessThanOrEqual(140);
  });

  it('keeps a family in one piece when it cuts', async () => {
    const family = '👨‍👩‍👧‍👦';
    expect((await read(family.repeat(200))).summary).toBe(`${family.repeat(139)}…`);
  });

  it('sees personal data', async () => {
    expect(await read('Please call +49 170 1234567.')).toMatchObject({ containsPersonalData: true });
    expect(await read('Yours, Ada Lovelace')).toMatchObject({ containsPersonalData: true });
  });

  it.each(['http://', '#a', "a'", 'a.', '漢字', '\ud800'])(
    'reads 10,000 characters of %j quickly',
    async (piece) => {
      const start = performance.now();
      await read(piece.repeat(10_000 / piece.length));
      // Unguarded, the first one takes minutes; the bound only has to be far from both.
      expect(performance.now() - start).toBeLessThan(3_000);
    },
  );
});
