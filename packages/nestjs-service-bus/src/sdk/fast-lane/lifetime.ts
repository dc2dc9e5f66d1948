/** The SDK's: later than that nothing expires. */
export const LAST_EXPIRY_MS = Date.UTC(9999, 11, 31, 7, 59, 59);
