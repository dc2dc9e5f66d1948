/** The connection string with another key of the same namespace. */
export function withKey(
  connectionString: string,
  { keyName, primaryKey }: { readonly keyName: string; readonly primaryKey: string },
): string {
  return connectionString.replace(
    /SharedAccessKeyName=.*?;SharedAccessKey=.*?;/,
    () => `SharedAccessKeyName=${keyName};SharedAccessKey=${primaryKey};`,
  );
}
