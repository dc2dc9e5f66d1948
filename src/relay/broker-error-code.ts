/** The code of an error of the Service Bus SDK; of several tries' errors, the last one's. */
export function brokerErrorCode(error: unknown): string | undefined {
  const last: unknown = error instanceof AggregateError ? error.errors.at(-1) : error;
  const isOfBroker = last instanceof Error && ['ServiceBusError', 'MessagingError'].includes(last.name);
  if (!isOfBroker || !('code' in last)) return undefined;
  return typeof last.code === 'string' ? last.code : 'GeneralError';
}
