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

/** The descriptor of a section. */
export type SectionCode = (typeof Section)[keyof typeof Section];
