import { badRequest } from '../administration-error.js';

// [XML 1.0, 4.6: the entities that need no declaration]
const PREDEFINED = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);
const MAX_CODE_POINT = 0x10_ff_ff;

/** Replaces `&amp;`, `&#65;` and their like. @throws AdministrationError for an entity that would need a declaration */
export function decodeReferences(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&([^;&]{0,32});?/g, (reference, name: string) => {
    const decoded = reference.endsWith(';') ? (decodeNumber(name) ?? PREDEFINED.get(name)) : undefined;
    if (decoded === undefined)
      throw badRequest(`The body has a reference that is not known: '${reference}'.`);
    return decoded;
  });
}

function decodeNumber(name: string): string | undefined {
  const [, hexadecimal, decimal] = /^#(?:x([0-9a-f]+)|(\d+))$/i.exec(name) ?? [];
  if (hexadecimal === undefined && decimal === undefined) return undefined;
  const codePoint = hexadecimal === undefined ? Number(decimal) : parseInt(hexadecimal, 16);
  return codePoint <= MAX_CODE_POINT ? String.fromCodePoint(codePoint) : undefined;
}
