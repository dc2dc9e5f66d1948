import { readEnvironment } from '../../src/environment.js';

/** The names of all variables that the service reads. */
export function variablesRead(): ReadonlySet<string> {
  const read = new Set<string>();
  const empty = new Proxy<Record<string, string>>(
    {},
    {
      get: (_target, name) => {
        read.add(String(name));
        return undefined;
      },
    },
  );
  readEnvironment(empty);
  return read;
}
