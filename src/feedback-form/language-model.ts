import { type ItemToken, type ItsFunction } from 'wink-nlp';

import { type Word } from './choose-hashtag.js';

/** What the model finds in a sentence. */
export interface Reading {
  /** From -1, bad, to 1, good. */
  readonly score: number;
  /** The words that carry meaning, in order. */
  readonly words: readonly Word[];
}

/** Reads a sentence of English. */
export type LanguageModel = (sentence: string) => Reading;

/** The features asked of a token, as properties of their own: the library compares them by identity. */
interface Features {
  readonly type: ItsFunction<string>;
  readonly stopWordFlag: ItsFunction<boolean>;
  readonly pos: ItsFunction<string>;
  readonly sentiment: ItsFunction<number>;
}

// The library keeps every word it has ever met: a fresh reader now and then keeps that within some 30 MB.
const CHARACTERS_PER_READER = 2_000_000;
// Some of its patterns need a time that grows with the cube of a word's length ("http://http://…").
const LONG_WORD = /\S{40}(?=\S)/gu;

let model: Promise<LanguageModel> | undefined;

/** Loads the model with the first text: that takes 0.2 s and 50 MB, which a process without texts saves. */
export function loadLanguageModel(): Promise<LanguageModel> {
  model ??= load();
  return model;
}

async function load(): Promise<LanguageModel> {
  const [{ default: winkNlp }, { default: english }] = await Promise.all([
    import('wink-nlp'),
    import('wink-eng-lite-web-model'),
  ]);
  const newReader = (): ReturnType<typeof winkNlp> =>
    winkNlp(english, ['sbd', 'pos', 'negation', 'sentiment']);
  let reader = newReader();
  let charactersLeft = CHARACTERS_PER_READER;
  return (sentence) => {
    charactersLeft -= sentence.length;
    if (charactersLeft < 0) {
      reader = newReader();
      charactersLeft = CHARACTERS_PER_READER;
    }
    const features: Features = reader.its;
    const document = reader.readDoc(sentence.replace(LONG_WORD, '$& '));
    const words: Word[] = [];
    document.tokens().each((token: ItemToken) => {
      if (!isMeaningful(token, features)) return;
      words.push({ text: token.out(), partOfSpeech: String(token.out(features.pos)) });
    });
    return { score: Number(document.out(features.sentiment)), words };
  };
}

function isMeaningful(token: ItemToken, { type, stopWordFlag }: Features): boolean {
  const kind = token.out(type);
  // Words that the model does not know, of other languages, are of kind "unk", and so are malformed addresses.
  const isWord = kind === 'word' || (kind === 'unk' && /^[\p{L}\p{M}]+$/u.test(token.out()));
  return isWord && token.out(stopWordFlag) !== true;
}
