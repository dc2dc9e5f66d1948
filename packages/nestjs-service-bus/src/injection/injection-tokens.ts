import { ServiceBusAdministrationClient, ServiceBusClient } from '@azure/service-bus';
import { type InjectionToken } from '@nestjs/common';

import { connectionName } from '../binding/connection-name.js';
import { ServiceBusSenders } from './service-bus-senders.js';

/** The token of a sender that a feature module declares, with the feature's connection if it has a name. */
export function getSenderToken(name: string, connection?: string): string {
  return `ServiceBusSender${ofConnection(connection)}:${name}`;
}

/** The token of a receiver that a feature module declares, with the feature's connection if it has a name. */
export function getReceiverToken(name: string, connection?: string): string {
  return `ServiceBusReceiver${ofConnection(connection)}:${name}`;
}

/** The token of a connection's client: the SDK's class for the one without a name. */
export function getServiceBusClientToken(connection?: string): InjectionToken<ServiceBusClient> {
  return tokenOf(ServiceBusClient, 'ServiceBusClient', connection);
}

/** The token of a connection's administration client: the SDK's class for the one without a name. */
export function getServiceBusAdministrationClientToken(
  connection?: string,
): InjectionToken<ServiceBusAdministrationClient> {
  return tokenOf(ServiceBusAdministrationClient, 'ServiceBusAdministrationClient', connection);
}

/** The token of a connection's `ServiceBusSenders`: the class for the one without a name. */
export function getServiceBusSendersToken(connection?: string): InjectionToken<ServiceBusSenders> {
  return tokenOf(ServiceBusSenders, 'ServiceBusSenders', connection);
}

/**
 * Of what each connection has one, the class, or for a connection with a name a text. It tells, in Nest's line for what
 * cannot be injected, where it comes from.
 */
export function tokenOf<Instance>(
  type: InjectionToken<Instance>,
  label: string,
  connection: string | undefined,
): InjectionToken<Instance> {
  const name = connectionName(connection);
  return name === undefined ? type : `${label} of ServiceBusModule.forRoot({ name: '${name}' })`;
}

function ofConnection(connection: string | undefined): string {
  const name = connectionName(connection);
  return name === undefined ? '' : `@${name}`;
}
