/** The options over their defaults. One that is there and undefined is one that is left out. */
export function withDefaults<Options extends object>(
  defaults: Options,
  options: Partial<Options> = {},
): Options {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(given) };
}
