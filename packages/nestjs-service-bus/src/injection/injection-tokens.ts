/** The token of a sender that a feature module declares. */
export function getSenderToken(name: string): string {
  return `ServiceBusSender:${name}`;
}

/** The token of a receiver that a feature module declares. */
export function getReceiverToken(name: string): string {
  return `ServiceBusReceiver:${name}`;
}
