import { nearestName } from './nearest-name.js';

/** No binding of this process has the pattern. */
export class BindingNotFoundError extends Error {
  /** Always `BindingNotFoundError`. */
  override readonly name = 'BindingNotFoundError';

  /** @internal */
  constructor(
    /** The pattern that was asked for. */
    readonly pattern: string,
    /** Those that there are. */
    readonly patterns: readonly string[],
  ) {
    super(`there is no binding ${quote(pattern)}${hint(pattern, patterns)}`);
  }
}

function hint(pattern: string, patterns: readonly string[]): string {
  const nearest = nearestName(pattern, patterns);
  if (nearest !== undefined) return `: did you mean ${quote(nearest)}?`;
  if (patterns.length === 0) return ': this process has none';
  return `: there is ${patterns.map(quote).join(', ')}`;
}

function quote(pattern: string): string {
  return pattern.startsWith('{') ? pattern : JSON.stringify(pattern);
}
