import { type PropertyValue } from './values/property-value.js';
import { type PropertyReference } from './sql/expression.js';
import { type FilteredMessage } from './values/filtered-message.js';

/** Reads one value of a message. */
export type ReadValue = (message: FilteredMessage) => PropertyValue;

/** Compiles the read of a property that an expression names. */
export type CompileRead = (property: PropertyReference) => ReadValue;

/** Compiles a read that asks the message each time: an action's statements change what they read. */
export function compileDirectRead(property: PropertyReference): ReadValue {
  if (property.scope === 'sys') {
    const { name } = property;
    return (message) => message.systemProperty(name);
  }
  const { name } = property;
  return (message) => message.applicationProperty(name);
}

interface Slot {
  readonly read: ReadValue;
  value: PropertyValue;
  isKnown: boolean;
}

/** The reads of one filter: a property that the filter names several times is read once per evaluation. */
export class RememberedReads {
  private readonly slots = new Map<string, Slot>();
  private readonly all: Slot[] = [];

  readonly compile: CompileRead = (property) => {
    const slot = this.slotOf(property);
    return (message) => {
      if (!slot.isKnown) {
        slot.value = slot.read(message);
        slot.isKnown = true;
      }
      return slot.value;
    };
  };

  /** Forgets the previous message; call it before each evaluation. */
  forget(): void {
    for (const slot of this.all) slot.isKnown = false;
  }

  private slotOf(property: PropertyReference): Slot {
    const key = `${property.scope}.${property.name.toLowerCase()}`;
    const existing = this.slots.get(key);
    if (existing) return existing;
    const slot: Slot = { read: compileDirectRead(property), value: null, isKnown: false };
    this.slots.set(key, slot);
    this.all.push(slot);
    return slot;
  }
}
