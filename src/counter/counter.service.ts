import { Injectable } from '@nestjs/common';

import { type CountResult } from './dto/count-result.js';
import { segmentText } from './segment-text.js';

const LINE_BREAK = /\r\n|\r|\n/g;

/** Counts a text as its readers would, in any language: `Intl.Segmenter` knows Thai and Japanese words. */
@Injectable()
export class CounterService {
  // A segmenter is dear to make and keeps nothing of a text; one without a language fits every text.
  private readonly graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
  private readonly words = new Intl.Segmenter('und', { granularity: 'word' });
  private readonly sentences = new Intl.Segmenter('und', { granularity: 'sentence' });

  /**
   * - characters: what a reader sees as one (👨‍👩‍👧 and é are one, and so is the line break CRLF)
   * - words: those with a letter or a digit, not blanks and punctuation
   * - sentences: those with more in them than blanks
   * - lines: CRLF, LF and CR each end a line; what follows the last break is a line unless it is empty
   */
  count(text: string): CountResult {
    return {
      characters: countIf(segmentText(this.graphemes, text), () => true),
      words: countIf(segmentText(this.words, text), ({ isWordLike }) => isWordLike === true),
      sentences: countIf(segmentText(this.sentences, text), ({ segment }) => segment.trim() !== ''),
      lines: countLines(text),
    };
  }
}

function countIf<Item>(items: Iterable<Item>, fits: (item: Item) => boolean): number {
  let count = 0;
  for (const item of items) if (fits(item)) count += 1;
  return count;
}

function countLines(text: string): number {
  const breaks = countIf(text.matchAll(LINE_BREAK), () => true);
  return /[\r\n]$/.test(text) || text === '' ? breaks : breaks + 1;
}
