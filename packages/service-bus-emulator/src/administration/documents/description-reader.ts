import { badRequest } from '../administration-error.js';
import { parseDuration } from '../../duration.js';
import { childOf, type XmlElement } from '../xml/xml-element.js';

// [XML Schema 1.0, part 2, 3.2.6] No weeks, and fractions of nothing but seconds.
const SCHEMA_DURATION = /^[^W.]*(?:\.\d+S)?$/;

/** Reads typed properties of a description: undefined if absent. Throws AdministrationError for an invalid value. */
export class DescriptionReader {
  constructor(readonly description: XmlElement) {}

  text(name: string): string | undefined {
    const property = childOf(this.description, name);
    return property === undefined || property.attributes.get('nil') === 'true' ? undefined : property.text;
  }

  flag(name: string): boolean | undefined {
    return this.#read(name, 'true or false', (text) => {
      if (/^(?:true|1)$/i.test(text)) return true;
      return /^(?:false|0)$/i.test(text) ? false : undefined;
    });
  }

  count(name: string): number | undefined {
    return this.#read(name, 'a whole number', (text) => {
      const count = /^\d+$/.test(text) ? Number(text) : NaN;
      return Number.isSafeInteger(count) ? count : undefined;
    });
  }

  durationMs(name: string): number | undefined {
    return this.#read(name, 'an ISO 8601 duration such as PT1M', (text) =>
      SCHEMA_DURATION.test(text) ? parseDuration(text) : undefined,
    );
  }

  choice<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    return this.#read(name, `one of ${allowed.join(', ')}`, (text) =>
      allowed.find((choice) => choice.toLowerCase() === text.toLowerCase()),
    );
  }

  #read<T>(name: string, expected: string, parse: (text: string) => T | undefined): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = parse(text.trim());
    if (value === undefined) throw badRequest(`The value '${text}' of ${name} is not ${expected}.`);
    return value;
  }
}
