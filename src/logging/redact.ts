const HIDDEN = '(hidden)';

/** Names whose values nobody is to read; `SharedAccessKeyName` is none of them. */
const NAMES = [
  'SharedAccessKey',
  'AccountKey',
  'password',
  'passwd',
  'client[_-]?secret',
  'api[_-]?keys?',
  'access[_-]?token',
  'refresh[_-]?token',
  'id[_-]?token',
  'authorization',
  'sig',
].join('|');
const NAME = String.raw`(?:^|[^a-z\d])(?:${NAMES})`;
const QUOTE = String.raw`\\?["']`;
const SCHEME = '(?:(?:bearer|basic|sharedaccesssignature) +)?';

/** `name=value`, `"name":"value"`, `name: 'value'`, as they are or inside of JSON. */
const ASSIGNED = new RegExp(
  String.raw`(${NAME}(?:${QUOTE})? ?(?:= ?(?:${QUOTE})?|: ?${QUOTE}))${SCHEME}([^\s"'\\;,&]+)`,
  'gi',
);
/** `name: value`, as a header; what follows the colon of a sentence is no secret. */
const TOLD = new RegExp(String.raw`(${NAME}: ?)${SCHEME}(?=[^\s"'\\;,&]*\d)([^\s"'\\;,&]{8,})`, 'gi');
/** [RFC 6750] [RFC 7617] [RFC 7519] Known by their form, wherever they stand. */
const CREDENTIALS = /\b(bearer|basic)( +)(?=\S*[\d=.])[\w.~+/-]{8,}=*/gi;
const JSON_WEB_TOKEN = /\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g;
/** [RFC 3986 3.2.1] */
const USER_INFORMATION = /(:\/\/)[^\s/@:"']+:[^\s/@"']+@/g;

/** The key of every emulator: it protects nothing, and its connection string is there to be copied. */
const EMULATOR_KEY = 'SAS_KEY_VALUE';

/** Takes what looks like a secret out of a text that is to be logged. */
export function redact(text: string): string {
  return text
    .replace(ASSIGNED, hideValue)
    .replace(TOLD, hideValue)
    .replace(CREDENTIALS, `$1$2${HIDDEN}`)
    .replace(JSON_WEB_TOKEN, HIDDEN)
    .replace(USER_INFORMATION, `$1${HIDDEN}@`);
}

function hideValue(whole: string, name: string, value: string): string {
  return value === EMULATOR_KEY ? whole : name + HIDDEN;
}
