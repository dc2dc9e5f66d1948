import { isIP } from 'node:net';

import { type VariableReader } from './variable-reader.js';

/** Names that Express knows for ranges of addresses. */
const RANGES = new Set(['loopback', 'linklocal', 'uniquelocal']);
const ALLOWED = 'the number of proxies (0 to 9), or their addresses: 10.0.0.0/8,loopback';

/** Reads which proxies to trust. To trust more than there are would let callers choose their own address. */
export function readTrustProxy(reader: VariableReader): number | string[] {
  const value = reader.text('HTTP_TRUST_PROXY', '0');
  if (/^\d$/.test(value)) return Number(value);
  const addresses = value.split(',').map((address) => address.trim());
  if (addresses.every(isAddress)) return addresses;
  reader.refuse('HTTP_TRUST_PROXY', value, ALLOWED);
  return 0;
}

function isAddress(text: string): boolean {
  const [address = '', prefix, ...others] = text.split('/');
  const version = isIP(address);
  if (version === 0) return RANGES.has(text);
  if (prefix === undefined) return true;
  return others.length === 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128);
}
