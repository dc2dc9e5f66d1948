/** What receivers leave to us, because the SDK does it in a way that loses messages or time. */
export const RECEIVER_OPTIONS = {
  // The SDK renews by message id, throws without one, and gives up after one failure.
  maxAutoLockRenewalDurationInMs: 0,
  // The transport decodes by content type, and refuses what is not safe.
  skipParsingBodyAsJson: true,
  skipConvertingDate: true,
} as const;
