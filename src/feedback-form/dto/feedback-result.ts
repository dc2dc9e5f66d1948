/** How a comment sounds. */
export type Sentiment = 'positive' | 'neutral' | 'negative';

/** What is worth knowing of a feedback form, without who wrote it. */
export interface FeedbackResult {
  readonly rating: number;
  readonly sentiment: Sentiment;
  /** The comment's most telling sentence, at most 140 characters. */
  readonly summary: string;
  /** What the comment is about: `#delivery`. */
  readonly hashtag: string;
  /** Whether the comment names a person or says how to reach or charge one. */
  readonly containsPersonalData: boolean;
}
