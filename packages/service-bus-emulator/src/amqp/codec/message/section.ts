import { TypeCode } from '../value/type-code.js';

/** [AMQP 3.2] The descriptors of a message's sections. */
export const Section = {
  header: 0x70,
  deliveryAnnotations: 0x71,
  messageAnnotations: 0x72,
  properties: 0x73,
  applicationProperties: 0x74,
  data: 0x75,
  sequence: 0x76,
  value: 0x77,
  footer: 0x78,
} as const;

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
