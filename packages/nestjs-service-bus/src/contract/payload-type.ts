/** What a contract's payload is made of: a class, `String`, `Number`, `Boolean`, `Buffer`, or an array of one: `[Order]`. */
export type PayloadType = PayloadClass | readonly [PayloadClass];

/** A class whose instances, or objects of the same shape, are payloads. */
export type PayloadClass = abstract new (...parameters: never[]) => unknown;

/** The type of the values that a `PayloadType` stands for. */
export type PayloadOf<Type> = Type extends readonly [infer Item]
  ? PayloadOf<Item>[]
  : Type extends StringConstructor
    ? string
    : Type extends NumberConstructor
      ? number
      : Type extends BooleanConstructor
        ? boolean
        : Type extends abstract new (...parameters: never[]) => infer Instance
          ? Instance
          : never;

/** The class of a payload, or of the items of one that is an array. */
export function itemOf(type: PayloadType): PayloadClass {
  return isList(type) ? type[0] : type;
}

export function isList(type: PayloadType): type is readonly [PayloadClass] {
  return Array.isArray(type);
}

/** `Order`, `Order[]`, `string`: for people. */
export function describePayload(type: PayloadType): string {
  const item = itemOf(type);
  const name = SIMPLE.get(item) ?? item.name;
  return isList(type) ? `${name}[]` : name;
}

/** What has no properties that decorators could describe, by what `typeof` says of its values. */
const SIMPLE = new Map<unknown, string>([
  [String, 'string'],
  [Number, 'number'],
  [Boolean, 'boolean'],
]);

/** What `typeof` says of a value of this class; undefined for a class with properties, and for bytes. */
export function simpleTypeOf(item: PayloadClass): string | undefined {
  return SIMPLE.get(item);
}

/** Whether its values are bytes, which travel as they are. */
export function isBytes(item: unknown): boolean {
  return item === Buffer || item === Uint8Array;
}

/** What is wrong with what was given as a payload's type; undefined for one that can be used. */
export function payloadTypeProblem(type: unknown): string | undefined {
  if (Array.isArray(type) && type.length !== 1) return `is an array of ${type.length}, allowed is [Class]`;
  const item: unknown = Array.isArray(type) ? type[0] : type;
  if (typeof item === 'function' && typeof item.prototype === 'object') return undefined;
  if (item !== undefined) return `is ${typeof item}, allowed is a class, String, Number, Boolean, or [Class]`;
  return 'is undefined: two files that import each other leave a class undefined, move it to a file of its own';
}
