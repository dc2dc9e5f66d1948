import { createHmac } from 'node:crypto';

/** A shared access signature, as SDKs make it. */
export function sasToken(
  resource: string,
  { keyName = 'RootManageSharedAccessKey', key = 'SAS_KEY_VALUE', expiresAtMs = Date.now() + 3_600_000 } = {},
): string {
  const encoded = encodeURIComponent(resource);
  const expiry = Math.round(expiresAtMs / 1000);
  const signature = createHmac('sha256', key).update(`${encoded}\n${expiry}`).digest('base64');
  return `SharedAccessSignature sr=${encoded}&sig=${encodeURIComponent(signature)}&se=${expiry}&skn=${keyName}`;
}
