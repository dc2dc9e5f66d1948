/** The emulator of `npm run emulator`, unless the environment names a namespace. */
export const connectionString =
  process.env['SB_CONNECTION'] ??
  'Endpoint=sb://127.0.0.1;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;';
