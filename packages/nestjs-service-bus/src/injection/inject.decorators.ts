import { ServiceBusAdministrationClient, ServiceBusClient } from '@azure/service-bus';
import { Inject } from '@nestjs/common';

import { getReceiverToken, getSenderToken } from './injection-tokens.js';

/** Injects the sender that the feature module declares under this name. */
export const InjectSender = (name: string): PropertyDecorator & ParameterDecorator =>
  Inject(getSenderToken(name));

/** Injects the receiver that the feature module declares under this name. */
export const InjectReceiver = (name: string): PropertyDecorator & ParameterDecorator =>
  Inject(getReceiverToken(name));

/** Injects the SDK's client; it connects at first use, and the module closes it. */
export const InjectServiceBusClient = (): PropertyDecorator & ParameterDecorator => Inject(ServiceBusClient);

/** Injects the SDK's administration client; for an emulator it uses plain HTTP. */
export const InjectServiceBusAdministrationClient = (): PropertyDecorator & ParameterDecorator =>
  Inject(ServiceBusAdministrationClient);
