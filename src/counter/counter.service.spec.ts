import { describe, it, expect } from '@jest/globals';

import { CounterService } from './counter.service.js';

describe('CounterService', () => {
  const counter = new CounterService();

  it('counts English', () => {
    expect(counter.count("Hello world! It's 3.5 degrees.\nDon't panic.")).toEqual({
      characters: 43,
      words: 7,
      sentences: 3,
      lines: 2,
    });
  });

  it('counts Japanese, which has no blanks between words', () => {
    expect(counter.count('今日は天気がいいですね。散歩に行きましょう。')).toMatchObject({
      characters: 22,
      sentences: 2,
      words: 12,
    });
  });

  it('counts Thai, whose letters combine', () => {
    expect(counter.count('สวัสดีครับ วันนี้อากาศดีมาก')).toMatchObject({ characters: 20, words: 7 });
  });

  it('counts what a reader sees as one character as one', () => {
    expect(counter.count('👨‍👩‍👧‍👦🇩🇪e\u0301👍🏽')).toMatchObject({ characters: 4 });
  });

  it.each([
    ['a', 1],
    ['a\n', 1],
    ['a\nb', 2],
    ['a\r\nb\r\n', 2],
    ['a\rb', 2],
    ['a\n\n', 2],
    ['\n', 1],
    ['a\n\nb', 3],
  ])('counts the lines of %j: %i', (text, lines) => {
    expect(counter.count(text).lines).toBe(lines);
  });

  it('finds no words and no sentences in blanks', () => {
    expect(counter.count(' \t ')).toEqual({ characters: 3, words: 0, sentences: 0, lines: 1 });
  });

  it('counts the longest text that is allowed', () => {
    const text = '今日は天気がいい。\n'.repeat(10_000);
    expect(counter.count(text)).toEqual({
      characters: 100_000,
      words: 50_000,
      sentences: 10_000,
      lines: 10_000,
    });
  });
});
