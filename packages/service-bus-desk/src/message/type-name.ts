import { TypeCode, valueEnd } from '@nestjs-service-bus/amqp-message';

/** [AMQP 1.6] The names of the types, by all the codes that they have. */
const NAMES = new Map<number, string>(
  Object.entries(TypeCode).map(([name, code]) => [
    code,
    name
      .replace(/^small/, '')
      .replace(/^(true|false)$/, 'boolean')
      .replace(/(?<=^(?:uint|ulong|list))0$|(?<=^(?:binary|string|symbol|list|map|array))(?:8|32)$/, '')
      .toLowerCase(),
  ]),
);

/** Returns the name of the AMQP type of the value at `offset`; of a described value, that of what is described. */
export function typeName(bytes: Buffer, offset: number): string {
  let at = offset;
  while (bytes[at] === TypeCode.described) at = valueEnd(bytes, at + 1);
  return NAMES.get(bytes[at] ?? -1) ?? 'unknown';
}
