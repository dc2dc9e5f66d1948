/** What was kept names an entity that was not kept with it: the records do not belong together. */
export class UnknownAddressError extends Error {
  override readonly name = 'UnknownAddressError';

  constructor(readonly address: string) {
    super(`There is no entity at the address '${address}' that a record to be restored names.`);
  }
}
