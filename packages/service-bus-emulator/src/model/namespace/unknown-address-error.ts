/** A record names an entity that has no record: the records do not belong together. */
export class UnknownAddressError extends Error {
  override readonly name = 'UnknownAddressError';

  constructor(readonly address: string) {
    super(`Cannot restore a record of '${address}': there is no entity at this address.`);
  }
}
