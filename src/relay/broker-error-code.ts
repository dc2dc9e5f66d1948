/** Returns the code of a Service Bus SDK error; of several attempts, that of the last. */
export function brokerErrorCode(error: unknown): string | undefined {
  const last: unknown = error instanceof AggregateError ? error.errors.at(-1) : error;
  const isOfBroker = last instanceof Error && ['ServiceBusError', 'MessagingError'].includes(last.name);
  if (!isOfBroker || !('code' in last)) return undefined;
  return typeof last.code === 'string' ? last.code : 'GeneralError';
}
