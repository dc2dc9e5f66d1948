import { Section } from '../section.js';
import { TypeCode } from '../type-code.js';

/** The symbolic descriptors, which hardly any client uses. */
export const SECTION_OF_SYMBOL: ReadonlyMap<string, number> = new Map<string, number>([
  ['amqp:header:list', Section.header],
  ['amqp:delivery-annotations:map', Section.deliveryAnnotations],
  ['amqp:message-annotations:map', Section.messageAnnotations],
  ['amqp:properties:list', Section.properties],
  ['amqp:application-properties:map', Section.applicationProperties],
  ['amqp:data:binary', Section.data],
  ['amqp:amqp-sequence:list', Section.sequence],
  ['amqp:amqp-value:*', Section.value],
  ['amqp:footer:map', Section.footer],
]);

const LIST: readonly number[] = [TypeCode.list0, TypeCode.list8, TypeCode.list32];
const MAP: readonly number[] = [TypeCode.map8, TypeCode.map32];
const BINARY: readonly number[] = [TypeCode.binary8, TypeCode.binary32];

/** The type codes that a section's value may have; undefined if it may have any. */
export const TYPES_OF_SECTION: Readonly<Record<number, readonly number[] | undefined>> = {
  [Section.header]: LIST,
  [Section.deliveryAnnotations]: MAP,
  [Section.messageAnnotations]: MAP,
  [Section.properties]: LIST,
  [Section.applicationProperties]: MAP,
  [Section.data]: BINARY,
  [Section.sequence]: LIST,
  [Section.value]: undefined,
  [Section.footer]: MAP,
};
