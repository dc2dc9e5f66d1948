import { isCreditCard, isEmail, isIBAN, isIP, isPhoneNumber } from 'class-validator';

/** Kinds of personal data that a text can be searched for. */
export type PersonalData = 'name' | 'email' | 'phone' | 'card' | 'iban' | 'ip' | 'social-security-number';

// Every pattern is linear: no part of it can take over characters of the part before it.
const INTERNATIONAL_PHONE = /(?<![\p{L}\d.,])(?:\+|00)\d[\d /().-]{5,20}\d(?!\d)/gu;
const NATIONAL_PHONE = /(?<![\p{L}\d.,-]|\d )\(?0\d[\d /().-]{5,20}\d(?!\d)/gu;
const CARD = /(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)/g;
const IBAN_START = /(?<![\p{L}\d])[A-Z]{2}\d{2}/gu;
const US_SOCIAL_SECURITY = /(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])/;

/** Which personal data a text names; `name` is the writer's own. Told by form and check digits, so: with doubts. */
export function findPersonalData(text: string, name: string): PersonalData[] {
  const words = text.split(/\s+/).map((word) => word.replace(/^[^\p{L}\p{N}:]+|[^\p{L}\p{N}:]+$/gu, ''));
  const checks: Record<PersonalData, () => boolean> = {
    name: () => namesPerson(text, name),
    email: () => words.some((word) => word.includes('@') && word.length <= 320 && isEmail(word)),
    phone: () => hasInternationalPhone(text) || hasNationalPhone(text),
    card: () => (text.match(CARD) ?? []).some((digits) => isCreditCard(digits.replace(/[ -]/g, ''))),
    iban: () =>
      [...text.matchAll(IBAN_START)].some(({ index }) => startsWithIban(text.slice(index, index + 50))),
    ip: () => words.some((word) => word.length <= 45 && /[.:].*[.:]/.test(word) && isIP(word)),
    'social-security-number': () => US_SOCIAL_SECURITY.test(text),
  };
  return (Object.keys(checks) as PersonalData[]).filter((kind) => checks[kind]());
}

/** The words of a person's name, those too short to tell anything left out. */
export function nameParts(name: string): string[] {
  return name.split(/[\s.,]+/).filter((part) => Array.from(part).length >= 3);
}

/** The whole name in any case, or a part of it written as a name: Will, but not will. */
function namesPerson(text: string, name: string): boolean {
  const whole = name.trim().replace(/\s+/g, ' ').toLowerCase();
  if (whole.length >= 3 && containsWord(text.replace(/\s+/g, ' ').toLowerCase(), whole)) return true;
  return nameParts(name).some((part) => /^\p{Lu}|^\p{Lo}/u.test(part) && containsWord(text, part));
}

function containsWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    const before = text.slice(0, at).at(-1) ?? ' ';
    const after = text.slice(at + word.length).at(0) ?? ' ';
    // Scripts that are written without blanks have no letter case: there, a part of a run is a find as well.
    const isBoundary = (character: string): boolean => !/[\p{Ll}\p{Lu}\p{N}]/u.test(character);
    if (isBoundary(before) && isBoundary(after)) return true;
  }
  return false;
}

function hasInternationalPhone(text: string): boolean {
  return (text.match(INTERNATIONAL_PHONE) ?? []).some((found) =>
    isPhoneNumber(`+${found.replace(/\D/g, '').replace(/^00/, '')}`),
  );
}

function hasNationalPhone(text: string): boolean {
  return (text.match(NATIONAL_PHONE) ?? []).some((found) => {
    const digits = found.replace(/\D/g, '').length;
    return digits >= 9 && digits <= 12;
  });
}

/** Blanks may stand anywhere, and a word may follow: of all lengths there are, the check digits tell the right one. */
function startsWithIban(text: string): boolean {
  const characters = /^(?:[A-Z\d] ?)+/.exec(text)?.[0].replaceAll(' ', '') ?? '';
  for (let length = 15; length <= Math.min(34, characters.length); length += 1) {
    if (isIBAN(characters.slice(0, length))) return true;
  }
  return false;
}
