/** [AMQP 3.2.1] The indexes of the header's fields. */
export const HeaderField = {
  durable: 0,
  priority: 1,
  timeToLive: 2,
  firstAcquirer: 3,
  deliveryCount: 4,
} as const;

/** [AMQP 3.2.4] The indexes of a message's properties. */
export const PropertyField = {
  messageId: 0,
  userId: 1,
  to: 2,
  subject: 3,
  replyTo: 4,
  correlationId: 5,
  contentType: 6,
  contentEncoding: 7,
  absoluteExpiryTime: 8,
  creationTime: 9,
  groupId: 10,
  groupSequence: 11,
  replyToGroupId: 12,
} as const;
