import { type PropertyChanges, type PropertyValue, type SystemProperty } from './values/property-value.js';
import { convertToTypeOf } from './values/convert-to-type-of.js';
import { type FilteredMessage, type ReadableSystemProperty } from './values/filtered-message.js';
import { textOf } from './values/text-of.js';

/** A message with changes over it, so that an action's later statements see what earlier ones did. */
export class ChangedMessage implements FilteredMessage {
  private readonly system = new Map<ReadableSystemProperty, PropertyValue>();
  /** By name in lower case; `name` keeps the first spelling, since two spellings are one property. */
  private readonly application = new Map<string, { readonly name: string; readonly value: PropertyValue }>();

  constructor(private readonly original: FilteredMessage) {}

  systemProperty(name: ReadableSystemProperty): PropertyValue {
    const changed = this.system.get(name);
    return changed === undefined ? this.original.systemProperty(name) : changed;
  }

  applicationProperty(name: string): PropertyValue {
    const changed = this.application.get(name.toLowerCase());
    return changed === undefined ? this.original.applicationProperty(name) : changed.value;
  }

  /** Sets a property that is a string on every message; a value that has no text leaves it as it is. */
  setSystemProperty(name: SystemProperty, value: PropertyValue): void {
    const text = textOf(value);
    if (text !== null || value === null) this.system.set(name, text);
  }

  setApplicationProperty(name: string, value: PropertyValue): void {
    const key = name.toLowerCase();
    this.application.set(key, {
      name: this.application.get(key)?.name ?? name,
      value: convertToTypeOf(this.applicationProperty(name), value),
    });
  }

  /** What is different from the original. */
  changes(): PropertyChanges {
    const application = new Map([...this.application.values()].map(({ name, value }) => [name, value]));
    // Only setSystemProperty adds to the map, and only these names.
    const system = new Map(this.system as ReadonlyMap<SystemProperty, PropertyValue>);
    return {
      ...(application.size > 0 && { application }),
      ...(system.size > 0 && { system }),
    };
  }
}
