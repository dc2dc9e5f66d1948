import { badRequest } from '../administration-error.js';

// [XML 1.0, 4.6] The predefined entities.
const PREDEFINED = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);
const MAX_CODE_POINT = 0x10_ff_ff;

/** Replaces references such as `&amp;` and `&#65;`. @throws AdministrationError for an entity that is not predefined */
export function decodeReferences(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&([^;&]{0,32});?/g, (reference, name: string) => {
    const decoded = reference.endsWith(';') ? (decodeNumber(name) ?? PREDEFINED.get(name)) : undefined;
    if (decoded === undefined) throw badRequest(`The body has an unknown reference: '${reference}'.`);
    return decoded;
  });
}

function decodeNumber(name: string): string | undefined {
  const [, hexadecimal, decimal] = /^#(?:x([0-9a-f]+)|(\d+))$/i.exec(name) ?? [];
  if (hexadecimal === undefined && decimal === undefined) return undefined;
  const codePoint = hexadecimal === undefined ? Number(decimal) : parseInt(hexadecimal, 16);
  return codePoint <= MAX_CODE_POINT ? String.fromCodePoint(codePoint) : undefined;
}
