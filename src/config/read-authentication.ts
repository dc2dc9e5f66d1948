import { readFileSync } from 'node:fs';

import { parseApiKeys } from '../http/authentication/api-key.js';
import { type ApiKeyOptions, type Authentication } from '../http/authentication/authentication-options.js';
import { readTokens } from './read-tokens.js';
import { type VariableReader } from './variable-reader.js';

const WAYS = ['HTTP_API_KEYS', 'HTTP_API_KEYS_FILE', 'HTTP_JWT_ISSUER'];

/** Reads how callers authenticate. Production has to choose, even if it chooses not to authenticate them. */
export function readAuthentication(reader: VariableReader, production: boolean): Authentication {
  const isOff = reader.text('HTTP_AUTH', '', /^none$/, 'none, or absent') === 'none';
  const apiKeys = readApiKeys(reader);
  const tokens = readTokens(reader);
  const chosen = WAYS.filter((name) => reader.text(name) !== '');
  if (isOff && chosen.length > 0) {
    reader.problems.push(`HTTP_AUTH=none and ${chosen.join(', ')} are both set: remove one of them`);
  }
  if (chosen.length > 0) return { kind: 'required', ...(apiKeys && { apiKeys }), ...(tokens && { tokens }) };
  if (production && !isOff) {
    reader.problems.push(
      `${WAYS.join(', ')} or HTTP_AUTH=none is required: who may use this service over HTTP?`,
    );
  }
  return { kind: 'none' };
}

function readApiKeys(reader: VariableReader): ApiKeyOptions | undefined {
  const text = reader.text('HTTP_API_KEYS');
  const path = reader.text('HTTP_API_KEYS_FILE');
  if (text === '' && path === '') return undefined;
  const keys = text === '' ? [] : readKeys(reader, 'HTTP_API_KEYS', text);
  return { keys, ...(path !== '' && { file: { path, keys: readKeyFile(reader, path) } }) };
}

function readKeyFile(reader: VariableReader, path: string): ApiKeyOptions['keys'] {
  const name = `HTTP_API_KEYS_FILE=${JSON.stringify(path)}`;
  try {
    return readKeys(reader, name, readFileSync(path, 'utf8'));
  } catch (error) {
    const code = error instanceof Object && 'code' in error ? String(error.code) : String(error);
    reader.problems.push(`${name}: must be a file that can be read (${code})`);
    return [];
  }
}

function readKeys(reader: VariableReader, name: string, text: string): ApiKeyOptions['keys'] {
  const { keys, problems } = parseApiKeys(text);
  for (const problem of problems) reader.problems.push(`${name}: ${problem}`);
  if (keys.length === 0 && problems.length === 0) reader.problems.push(`${name}: has no key`);
  return keys;
}
