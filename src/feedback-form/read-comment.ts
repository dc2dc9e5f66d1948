import { chooseHashtag } from './choose-hashtag.js';
import { type FeedbackResult, type Sentiment } from './dto/feedback-result.js';
import { type LanguageModel, type Reading } from './language-model.js';
import { shorten } from './shorten.js';

interface Sentence extends Reading {
  readonly text: string;
}

const SUMMARY_LENGTH = 140;
// Nearer to zero than this a text takes no side.
const NEUTRAL = 0.05;
const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });

/**
 * What a comment says: how it sounds on the whole, its most telling sentence, and its subject.
 * @param privateWords words in lower case that must not become the hashtag, such as the writer's name
 */
export function readComment(
  comment: string,
  model: LanguageModel,
  privateWords: ReadonlySet<string>,
): Pick<FeedbackResult, 'sentiment' | 'summary' | 'hashtag'> {
  const read = Array.from(sentences.segment(comment), ({ segment }) => segment.trim())
    .filter((text) => text !== '')
    .map((text) => ({ text, ...model(text) }));
  const main = mostTelling(read);
  return {
    sentiment: sentimentOf(read),
    summary: shorten(main?.text ?? '', SUMMARY_LENGTH),
    hashtag: chooseHashtag(
      read.map(({ words }) => words),
      main?.words ?? [],
      privateWords,
    ),
  };
}

function sentimentOf(read: readonly Sentence[]): Sentiment {
  const mean = read.reduce((sum, { score }) => sum + score, 0) / Math.max(read.length, 1);
  if (mean > NEUTRAL) return 'positive';
  return mean < -NEUTRAL ? 'negative' : 'neutral';
}

/** The sentence with the strongest feeling; the first of equals. */
function mostTelling(read: readonly Sentence[]): Sentence | undefined {
  return read.reduce<Sentence | undefined>(
    (best, sentence) => (best && Math.abs(best.score) >= Math.abs(sentence.score) ? best : sentence),
    undefined,
  );
}
