/** The latest expiry time that the SDK knows. */
export const LAST_EXPIRY_MS = Date.UTC(9999, 11, 31, 7, 59, 59);
