/** What a text consists of. */
export interface CountResult {
  readonly characters: number;
  readonly words: number;
  readonly sentences: number;
  readonly lines: number;
}
