import { CommandError } from './command-error.js';

const NO_EXPORTS = ['__esModule', 'module.exports'];

/** The root module among the exports of a file: the one that is named, the only `…Module`, or the default export. */
export function chooseExport(
  exported: Record<string, unknown>,
  file: string,
  exportName: string | undefined,
): unknown {
  // A CommonJS module's exports are its default one as well, and an `export default` that was compiled is in there.
  const outer = exported['default'];
  const all = { ...(typeof outer === 'object' ? outer : {}), ...exported } as Record<string, unknown>;
  const inner = isCompiled(outer) ? outer.default : outer;
  // Not exports, but what says that it was an ES module before it was compiled, and what Node.js makes of one that is none.
  for (const name of NO_EXPORTS) delete all[name];
  if (exportName !== undefined) {
    if (all[exportName] !== undefined) return all[exportName];
    throw new CommandError(`${file} exports no ${exportName}: it exports ${Object.keys(all).join(', ')}`);
  }
  const modules = Object.keys(all).filter((name) => name.endsWith('Module'));
  const [only] = modules;
  if (modules.length === 1 && only !== undefined) return all[only];
  if (typeof inner === 'function' || (typeof inner === 'object' && inner !== null && 'module' in inner))
    return inner;
  const found = modules.length === 0 ? 'no module' : modules.join(' and ');
  throw new CommandError(`${file} exports ${found}: say with --export which one is the root module`);
}

function isCompiled(value: unknown): value is { readonly default?: unknown } {
  return typeof value === 'object' && value !== null && '__esModule' in value;
}
