/** The directory cannot be used as a store. */
export class StoreError extends Error {
  override readonly name = 'StoreError';

  constructor(
    readonly directory: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`${directory}: ${reason}`, options);
  }
}

/** Something in the store is not as it was written. */
export function damaged(directory: string, what: string, options?: ErrorOptions): StoreError {
  const remedy =
    'put back a copy of the directory, or carry over what can be read: ' +
    `service-bus-emulator salvage --data ${directory} --to NEW-DIRECTORY`;
  return new StoreError(
    directory,
    `the store is damaged (${what}), and nothing in it was used; ${remedy}`,
    options,
  );
}
