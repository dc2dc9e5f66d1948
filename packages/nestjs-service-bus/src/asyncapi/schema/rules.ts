import { type JsonSchema } from './json-schema.js';

type Arguments = readonly unknown[];
type Rule = (args: Arguments) => JsonSchema;

const text = (more: JsonSchema = {}): Rule => {
  return () => ({ type: 'string', ...more });
};
const pattern = (source: string): Rule => text({ pattern: source });
const format = (name: string): Rule => text({ format: name });

/** A whole range of letters, where the rule is for English; class-validator's tables for others are its own. */
const letters = (name: string, source: string): Rule => {
  return ([locale]) =>
    locale === undefined || locale === 'en-US'
      ? { type: 'string', pattern: source }
      : { type: 'string', 'x-rules': [label(name, [locale])] };
};

/**
 * What class-validator's rules are in JSON Schema, by the names that its metadata has. Those of text that are not
 * here stand in `x-rules` by their names.
 */
const RULES: Readonly<Record<string, Rule>> = {
  isString: text(),
  isBoolean: () => ({ type: 'boolean' }),
  isInt: () => ({ type: 'integer' }),
  isNumber: ([options]) => ({ type: 'number', ...decimalPlaces(options) }),
  // What JSON.stringify makes of a Date.
  isDate: format('date-time'),
  isObject: () => ({ type: 'object' }),
  isNotEmptyObject: () => ({ type: 'object', minProperties: 1 }),
  isInstance: () => ({ type: 'object' }),
  isArray: () => ({ type: 'array' }),
  isEnum: ([entity, values]) => oneOfValues(Array.isArray(values) ? values : Object.values(entity as object)),

  isDefined: () => ({}),
  isNotEmpty: () => ({ not: { enum: ['', null] } }),
  isEmpty: () => ({ enum: ['', null] }),
  equals: ([value]) => ({ const: value }),
  notEquals: ([value]) => ({ not: { const: value } }),
  isIn: ([values]) => oneOfValues(valuesOf(values)),
  isNotIn: ([values]) => ({ not: { enum: valuesOf(values) } }),

  min: ([minimum]) => ({ type: 'number', minimum: minimum as number }),
  max: ([maximum]) => ({ type: 'number', maximum: maximum as number }),
  isPositive: () => ({ type: 'number', exclusiveMinimum: 0 }),
  isNegative: () => ({ type: 'number', exclusiveMaximum: 0 }),
  isDivisibleBy: ([divisor]) => ({ type: 'number', multipleOf: divisor as number }),

  minLength: ([minLength]) => ({ type: 'string', minLength: minLength as number }),
  maxLength: ([maxLength]) => ({ type: 'string', maxLength: maxLength as number }),
  isLength: ([minLength, maxLength]) => ({
    type: 'string',
    minLength: minLength as number,
    ...(maxLength === undefined ? {} : { maxLength: maxLength as number }),
  }),
  // No text has more characters than bytes.
  isByteLength: (args) => ({
    type: 'string',
    ...(args[1] === undefined ? {} : { maxLength: args[1] as number }),
    'x-rules': [label('isByteLength', args)],
  }),
  matches: matchesPattern,
  contains: ([seed]) => ({ type: 'string', pattern: escape(String(seed)) }),
  notContains: ([seed]) => ({ type: 'string', not: { pattern: escape(String(seed)) } }),
  isAlpha: letters('isAlpha', '^[A-Za-z]+$'),
  isAlphanumeric: letters('isAlphanumeric', '^[0-9A-Za-z]+$'),
  isAscii: pattern('^[\\x00-\\x7F]+$'),
  isHexadecimal: pattern('^(0[xXhH])?[0-9A-Fa-f]+$'),
  isHexColor: pattern('^#?([0-9A-Fa-f]{3}|[0-9A-Fa-f]{4}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})$'),
  isOctal: pattern('^(0[oO])?[0-7]+$'),
  isMongoId: pattern('^[0-9A-Fa-f]{24}$'),
  isMilitaryTime: pattern('^([01]\\d|2[0-3]):[0-5]\\d$'),
  isBooleanString: text({ enum: ['true', 'false', '1', '0'] }),
  isBase64: text({ contentEncoding: 'base64' }),
  isJson: text({ contentMediaType: 'application/json' }),
  isEmail: format('email'),
  isUrl: format('uri'),
  isUuid: format('uuid'),
  isFqdn: format('hostname'),
  isIso8601: format('date-time'),
  isDateString: format('date-time'),
  isRFC3339: format('date-time'),
  isIp: ([version]) => {
    if (version === undefined) return { type: 'string', 'x-rules': ['isIp'] };
    return { type: 'string', format: Number(version) === 4 ? 'ipv4' : 'ipv6' };
  },

  minDate: (args) => ({ type: 'string', format: 'date-time', 'x-rules': [label('minDate', args)] }),
  maxDate: (args) => ({ type: 'string', format: 'date-time', 'x-rules': [label('maxDate', args)] }),

  arrayMinSize: ([minItems]) => ({ type: 'array', minItems: minItems as number }),
  arrayMaxSize: ([maxItems]) => ({ type: 'array', maxItems: maxItems as number }),
  arrayNotEmpty: () => ({ type: 'array', minItems: 1 }),
  // One that compares by a part of the items is told by its name.
  arrayUnique: ([identify]) =>
    identify === undefined
      ? { type: 'array', uniqueItems: true }
      : { type: 'array', 'x-rules': ['arrayUnique'] },
  arrayContains: ([values]) => ({
    type: 'array',
    allOf: valuesOf(values).map((value) => ({ contains: { const: value } })),
  }),
  arrayNotContains: ([values]) => ({ type: 'array', not: { contains: { enum: valuesOf(values) } } }),
};

/** Rules of class-validator for text, and no more than that is known of them here. */
const OF_TEXT = new Set(
  (
    'IsFirebasePushId isBIC isBase32 isBase58 isBtcAddress isCreditCard isCurrency isDataURI isDecimal isEAN ' +
    'isEthereumAddress isFullWidth isHSL isHalfWidth isHash isIBAN isISO31661Alpha2 isISO31661Alpha3 isISO31661Numeric ' +
    'isISO4217CurrencyCode isISO6391 isISRC isISSN isIdentityCard isIsbn isIsin isJwt isLatLong isLocale isLowercase ' +
    'isMacAddress isMagnetURI isMimeType isMobilePhone isMultibyte isNumberString isPassportNumber isPhoneNumber isPort ' +
    'isPostalCode isRgbColor isSemVer isStrongPassword isSurrogatePair isTaxId isTimeZone isUppercase isVariableWidth'
  ).split(' '),
);

/** Rules that a value that is not there obeys. */
const TOLERANT = new Set(['isEmpty', 'notEquals', 'isNotIn']);

/** What a rule of class-validator, or of the application, says of a value. */
export function schemaOfRule(name: string, args: Arguments): JsonSchema {
  const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
  if (rule) return rule(args);
  const known = { 'x-rules': [label(name, args)] };
  return OF_TEXT.has(name) ? { type: 'string', ...known } : known;
}

/** Whether a value that is not there breaks the rule. */
export function needsValue(name: string): boolean {
  return !TOLERANT.has(name);
}

/** `isByteLength(1, 10)`. */
function label(name: string, args: Arguments): string {
  const shown = args
    .filter((one) => one !== undefined && one !== null && typeof one !== 'function')
    .map((one) => JSON.stringify(one) ?? String(one));
  return shown.length === 0 ? name : `${name}(${shown.join(', ')})`;
}

function oneOfValues(values: readonly unknown[]): JsonSchema {
  const types = [...new Set(values.map((value) => (value === null ? 'null' : typeof value)))];
  return types.length === 1 && types[0] !== 'object' ? { type: types[0], enum: values } : { enum: values };
}

function valuesOf(values: unknown): readonly unknown[] {
  if (Array.isArray(values)) return values;
  return typeof values === 'object' && values !== null ? Object.values(values) : [values];
}

function decimalPlaces(options: unknown): JsonSchema {
  const places = (options as { maxDecimalPlaces?: number } | undefined)?.maxDecimalPlaces;
  return places === undefined ? {} : { multipleOf: Number(`1e-${places}`) };
}

/** JSON Schema's patterns have no flags: only `u` and `g` change nothing that matters. */
function matchesPattern([given, modifiers]: Arguments): JsonSchema {
  const [source, flags] =
    given instanceof RegExp
      ? [given.source, given.flags]
      : [String(given), typeof modifiers === 'string' ? modifiers : ''];
  if (/[imsy]/.test(flags)) return { type: 'string', 'x-rules': [`matches(/${source}/${flags})`] };
  return { type: 'string', pattern: source };
}

function escape(seed: string): string {
  return seed.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&');
}
