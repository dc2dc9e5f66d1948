/** A word that carries meaning. */
export interface Word {
  readonly text: string;
  readonly partOfSpeech: string;
}

const FALLBACK = '#feedback';
const MAX_LENGTH = 40;

/**
 * The hashtag of a comment: its most frequent noun, one of the main sentence before others, else its first
 * word of meaning. The same comment always gets the same.
 */
export function chooseHashtag(
  sentences: readonly (readonly Word[])[],
  main: readonly Word[],
  privateWords: ReadonlySet<string>,
): string {
  const isPublic = (word: Word): boolean => !privateWords.has(word.text.toLowerCase()) && tagOf(word) !== '';
  const words = sentences.flat().filter(isPublic);
  const mainTags = new Set(main.map(tagOf));
  const tag = mostWeighty(words, (candidate) => (mainTags.has(candidate) ? 0.5 : 0));
  const word = main.find(isPublic) ?? words[0];
  return tag ? `#${tag}` : word ? `#${tagOf(word)}` : FALLBACK;
}

function mostWeighty(words: readonly Word[], bonus: (tag: string) => number): string | undefined {
  const weights = new Map<string, number>();
  for (const word of words) {
    // A capital at the start of a sentence easily passes for a proper noun: a plain noun counts for more.
    const weight = { NOUN: 1, PROPN: 0.4 }[word.partOfSpeech];
    if (weight === undefined) continue;
    const tag = tagOf(word);
    weights.set(tag, weight + (weights.get(tag) ?? bonus(tag)));
  }
  // The sort keeps the order of equals: the first one wins.
  return [...weights].sort(([, one], [, other]) => other - one)[0]?.[0];
}

/** What of a word may stand in a hashtag: letters, digits and marks of any script. */
function tagOf({ text }: Word): string {
  const tag = text.toLowerCase().replace(/[^\p{L}\p{M}\p{N}_]/gu, '');
  return /\p{L}/u.test(tag) ? Array.from(tag).slice(0, MAX_LENGTH).join('') : '';
}
