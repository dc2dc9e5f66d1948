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

/** `name=value`, `name: value`, `"name":"value"` as it is or inside of JSON, up to where a value cannot go on. */
const NAMED = new RegExp(
  String.raw`((?:^|[^a-z\d])(?:${NAMES})\\?["']?\s*[=:]\s*\\?["']?)(?:(?:bearer|basic|sharedaccesssignature)\s+)?([^\s"'\\;,&]+)`,
  'gi',
);
/** [RFC 6750] [RFC 7519] Tokens are known by their form, wherever they stand. */
const BEARER = /\b(bearer\s+)[\w.~+/-]{8,}=*/gi;
const JSON_WEB_TOKEN = /\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g;
/** [RFC 3986 3.2.1] */
const USER_INFORMATION = /(:\/\/)[^\s/@:"']+:[^\s/@"']+@/g;

/** The key of every emulator: it protects nothing, and its connection string is there to be copied. */
const EMULATOR_KEY = 'SAS_KEY_VALUE';

/** Takes what looks like a secret out of a text that is to be logged. */
export function redact(text: string): string {
  return text
    .replace(NAMED, (whole, name: string, value: string) => (value === EMULATOR_KEY ? whole : name + HIDDEN))
    .replace(BEARER, `$1${HIDDEN}`)
    .replace(JSON_WEB_TOKEN, HIDDEN)
    .replace(USER_INFORMATION, `$1${HIDDEN}@`);
}
