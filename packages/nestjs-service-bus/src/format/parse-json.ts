import { UndecodableMessageException } from '../exceptions/undecodable-message.exception.js';

/** Deeper values overflow the stack of recursive code behind us (class-transformer, validators). */
const MAX_DEPTH = 256;

// The keys that reach an object's prototype, also when written with \u escapes. Searched for one by one: that is
// many times faster than a regular expression on a large body.
const SUSPECTS = ['\\u', '__proto__', 'constructor'];

/** Parses JSON from outside; what later code could not take safely is undecodable, bad syntax a SyntaxError. */
export function parseJson(text: string): unknown {
  if (text.length > MAX_DEPTH && hasManyBrackets(text) && isTooDeep(text)) {
    throw new UndecodableMessageException(`the JSON body is nested more than ${MAX_DEPTH} deep`);
  }
  const isSuspect = SUSPECTS.some((suspect) => text.includes(suspect));
  return isSuspect ? JSON.parse(text, refusePrototypeKeys) : JSON.parse(text);
}

function refusePrototypeKeys(key: string, value: unknown): unknown {
  const isForbidden =
    key === '__proto__' ||
    (key === 'constructor' && typeof value === 'object' && value !== null && 'prototype' in value);
  if (isForbidden) throw new UndecodableMessageException(`the JSON body has the key ${key}`);
  return value;
}

/** Without so many brackets it cannot be too deep: counted at the speed of a search, not letter by letter. */
function hasManyBrackets(text: string): boolean {
  let count = 0;
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1)) {
      if (++count > MAX_DEPTH) return true;
    }
  }
  return false;
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  let isInString = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (isInString) {
      if (code === 0x5c) index++;
      else if (code === 0x22) isInString = false;
    } else if (code === 0x22) isInString = true;
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > MAX_DEPTH) return true;
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return false;
}
