/** What a transfer's payload is. [AMQP 2.7.5] */
export const MessageFormat = {
  /** One message. */
  plain: 0,
  /** [Service Bus] Each data section is a whole message; the other sections repeat those of the first. */
  batch: 0x8001_3700,
} as const;
