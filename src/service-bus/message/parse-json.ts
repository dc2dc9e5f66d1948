import { UndecodableMessageException } from '../exceptions/undecodable-message.exception.js';

/** Deeper values overflow the stack of recursive code behind us (class-transformer, validators). */
const MAX_DEPTH = 256;

// The keys that reach an object's prototype, also when written with \u escapes.
const SUSPECT = /\\u|__proto__|constructor/;

/** Parses JSON from outside; what later code could not take safely is undecodable, bad syntax a SyntaxError. */
export function parseJson(text: string): unknown {
  if (text.length > MAX_DEPTH && isTooDeep(text)) {
    throw new UndecodableMessageException(`the JSON body is nested more than ${MAX_DEPTH} deep`);
  }
  return SUSPECT.test(text) ? JSON.parse(text, refusePrototypeKeys) : JSON.parse(text);
}

function refusePrototypeKeys(key: string, value: unknown): unknown {
  const isForbidden =
    key === '__proto__' ||
    (key === 'constructor' && typeof value === 'object' && value !== null && 'prototype' in value);
  if (isForbidden) throw new UndecodableMessageException(`the JSON body has the key ${key}`);
  return value;
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
