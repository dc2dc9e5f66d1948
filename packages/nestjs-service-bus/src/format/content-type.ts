/** What a body is by its declared content type. */
export interface ContentType {
  /** `guess` where nothing is declared that could be known. */
  readonly kind: 'json' | 'text' | 'xml' | 'binary' | 'guess';
  /** The declared charset, in lower case; undefined where none is. */
  readonly charset: string | undefined;
}

const JSON_UTF8: ContentType = { kind: 'json', charset: undefined };
const NOTHING: ContentType = { kind: 'guess', charset: undefined };

/** Reads a content type; any but text, JSON and XML is binary. */
export function contentTypeOf(declared: unknown): ContentType {
  if (declared === 'application/json') return JSON_UTF8;
  if (typeof declared !== 'string') return NOTHING;
  const [type = '', ...parameters] = declared.split(';');
  const name = type.trim().toLowerCase();
  // Some senders use the field for names of their own: those say nothing of the body.
  if (!name.includes('/')) return NOTHING;
  const charset = charsetOf(parameters);
  return { kind: kindOf(name, charset), charset };
}

function kindOf(name: string, charset: string | undefined): ContentType['kind'] {
  if (name === 'application/json' || name === 'text/json' || name.endsWith('+json')) return 'json';
  if (name === 'application/xml' || name === 'text/xml' || name.endsWith('+xml')) return 'xml';
  // Forms are text by their definition, and only text has a charset.
  const isText = name.startsWith('text/') || name === 'application/x-www-form-urlencoded';
  return isText || charset !== undefined ? 'text' : 'binary';
}

function charsetOf(parameters: readonly string[]): string | undefined {
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=');
    if (name.trim().toLowerCase() === 'charset') {
      return value.trim().replace(/^"|"$/g, '').toLowerCase() || undefined;
    }
  }
  return undefined;
}
