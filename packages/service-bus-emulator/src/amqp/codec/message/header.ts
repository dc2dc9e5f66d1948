import { elementsOf, MalformedMessageError, TypeCode, valueEnd } from '@nestjs-service-bus/amqp-message';

const TYPES_OF_FIELD: readonly (readonly number[])[] = [
  [TypeCode.null, TypeCode.true, TypeCode.false, TypeCode.boolean],
  [TypeCode.null, TypeCode.ubyte],
  [TypeCode.null, TypeCode.uint0, TypeCode.smallUint, TypeCode.uint],
  [TypeCode.null, TypeCode.true, TypeCode.false, TypeCode.boolean],
];

/** Checks the types of the fields that a delivery repeats: durable, priority, time to live, first-acquirer. Throws MalformedMessageError. */
export function checkHeader(bytes: Buffer, header: number): void {
  if (header < 0) return;
  const { count, start } = elementsOf(bytes, header);
  let at = start;
  for (let index = 0; index < count && index < TYPES_OF_FIELD.length; index++) {
    if (!TYPES_OF_FIELD[index]!.includes(bytes[at]!)) {
      throw new MalformedMessageError(at, 'a header field of the wrong type');
    }
    at = valueEnd(bytes, at);
  }
}
