import { type PropertyChanges, type PropertyValue, type SystemProperty } from './values/property-value.js';
import { convertToTypeOf } from './values/convert-to-type-of.js';
import { type FilteredMessage, type ReadableSystemProperty } from './values/filtered-message.js';
import { textOf } from './values/text-of.js';

/** A message with an action's changes applied, so that later statements see what earlier ones have set. */
export class ChangedMessage implements FilteredMessage {
  private readonly system = new Map<ReadableSystemProperty, PropertyValue>();
  /** By name in lower case; `name` keeps the first spelling: two spellings mean one property. */
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

  /** Sets a property, which is a string on every message; ignores a value that cannot be written as a string. */
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

  /** Returns the differences from the original. */
  changes(): PropertyChanges {
    const application = new Map([...this.application.values()].map(({ name, value }) => [name, value]));
    // Only setSystemProperty writes to this map, and only under these names.
    const system = new Map(this.system as ReadonlyMap<SystemProperty, PropertyValue>);
    return {
      ...(application.size > 0 && { application }),
      ...(system.size > 0 && { system }),
    };
  }
}
