/** [AMQP 2.7.5] The message formats: what the payload of a transfer is. */
export const MessageFormat = {
  /** One message. */
  plain: 0,
  /** A batch of Service Bus: each data section is a whole message; the other sections repeat those of the first. */
  batch: 0x8001_3700,
} as const;
