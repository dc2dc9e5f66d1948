/** A payload does not fit its contract: it has not left, or has been received from somebody who did not check it. */
export class InvalidPayloadError extends Error {
  override readonly name = 'InvalidPayloadError';

  constructor(
    /** The contract's name. */
    readonly contract: string,
    /** Which properties break which rules: `lines.0.sku: sku should not be empty`. */
    readonly problems: readonly string[],
    what = 'the payload',
  ) {
    super(`contract "${contract}": ${what} is invalid: ${problems.join('; ')}`);
  }
}
