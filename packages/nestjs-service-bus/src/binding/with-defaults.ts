/** A value that is undefined, as a configuration gives it for what nobody has set, is no choice. */
export function withDefaults<Options extends object>(
  defaults: Options,
  given: Partial<Options> = {},
): Options {
  const chosen = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...defaults, ...(Object.fromEntries(chosen) as Partial<Options>) };
}
