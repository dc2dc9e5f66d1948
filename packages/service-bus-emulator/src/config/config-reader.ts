import { parseDuration } from '../duration.js';

/** A JSON object and its path, for error messages. */
export interface ConfigObject {
  readonly path: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly reader: ConfigReader;
}

/** Reads typed values from parsed JSON and collects the problems. */
export class ConfigReader {
  readonly problems: string[] = [];

  object(value: unknown, path: string): ConfigObject {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isObject && value !== undefined) this.#problem(path, 'an object', value);
    return { path, values: isObject ? (value as Record<string, unknown>) : {}, reader: this };
  }

  child(parent: ConfigObject, key: string): ConfigObject {
    return this.object(parent.values[key], join(parent.path, key));
  }

  list(parent: ConfigObject, key: string): ConfigObject[] {
    const value = parent.values[key];
    const path = join(parent.path, key);
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) {
      this.#problem(path, 'an array', value);
      return [];
    }
    return value.map((entry, index) => this.object(entry, `${path}[${index}]`));
  }

  text(parent: ConfigObject, key: string): string | undefined {
    const value = parent.values[key];
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value === 'string') return value;
    this.#problem(join(parent.path, key), 'a string', value);
    return undefined;
  }

  requiredText(parent: ConfigObject, key: string): string {
    const value = this.text(parent, key);
    if (value === undefined)
      this.#problem(join(parent.path, key), 'a string that is not empty', parent.values[key]);
    return value ?? '';
  }

  flag(parent: ConfigObject, key: string): boolean | undefined {
    const value = parent.values[key];
    if (value === undefined || typeof value === 'boolean') return value;
    this.#problem(join(parent.path, key), 'true or false', value);
    return undefined;
  }

  count(parent: ConfigObject, key: string, minimum: number): number | undefined {
    const value = parent.values[key];
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= minimum) return value;
    this.#problem(join(parent.path, key), `a whole number of at least ${minimum}`, value);
    return undefined;
  }

  /** Reads a duration, in milliseconds. */
  duration(parent: ConfigObject, key: string): number | undefined {
    const value = parent.values[key];
    if (value === undefined) return undefined;
    const milliseconds = typeof value === 'string' ? parseDuration(value) : undefined;
    if (milliseconds === undefined)
      this.#problem(join(parent.path, key), 'an ISO 8601 duration such as PT1M', value);
    return milliseconds;
  }

  /** Reads an object of strings, numbers and booleans. */
  scalars(parent: ConfigObject, key: string): Record<string, string | number | boolean> {
    const { path, values } = this.child(parent, key);
    const isScalar = (value: unknown): value is string | number | boolean =>
      ['string', 'number', 'boolean'].includes(typeof value);
    const found: Record<string, string | number | boolean> = Object.create(null) as typeof found;
    for (const [name, value] of Object.entries(values)) {
      if (isScalar(value)) found[name] = value;
      else this.#problem(join(path, name), 'a string, a number, true or false', value);
    }
    return found;
  }

  choice<T extends string>(parent: ConfigObject, key: string, allowed: readonly T[]): T | undefined {
    const value = this.text(parent, key);
    if (value === undefined) return undefined;
    const found = allowed.find((choice) => choice.toLowerCase() === value.toLowerCase());
    if (!found) this.#problem(join(parent.path, key), `one of ${allowed.join(', ')}`, value);
    return found;
  }

  #problem(path: string, expected: string, value: unknown): void {
    this.problems.push(
      `${path || 'the file'}: expected ${expected}, found ${JSON.stringify(value) ?? 'nothing'}`,
    );
  }
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
