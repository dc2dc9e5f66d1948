/** The SDK's: later than that nothing expires. */
export const LAST_EXPIRY_MS = Date.UTC(9999, 11, 31, 7, 59, 59);

/** The SDK's, and .NET's longest duration, in milliseconds: the end of what never ends. */
export const MAX_DURATION_MS = 922_337_203_685_477;
