/** The latest expiry time that the SDK knows. */
export const LAST_EXPIRY_MS = Date.UTC(9999, 11, 31, 7, 59, 59);

/** The SDK's and .NET's longest duration, in milliseconds: the lifetime of what never expires. */
export const MAX_DURATION_MS = 922_337_203_685_477;
