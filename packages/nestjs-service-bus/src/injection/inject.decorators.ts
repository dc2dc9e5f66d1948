import { Inject } from '@nestjs/common';

import {
  getReceiverToken,
  getSenderToken,
  getServiceBusAdministrationClientToken,
  getServiceBusClientToken,
  getServiceBusSendersToken,
} from './injection-tokens.js';

type InjectDecorator = PropertyDecorator & ParameterDecorator;

/** Injects the sender that a feature module declares under this name, for the connection of this name if it has one. */
export const InjectSender = (name: string, connection?: string): InjectDecorator =>
  Inject(getSenderToken(name, connection));

/** Injects the receiver that a feature module declares under this name, for the connection of this name if it has one. */
export const InjectReceiver = (name: string, connection?: string): InjectDecorator =>
  Inject(getReceiverToken(name, connection));

/** Injects a connection's client of the SDK; it connects at first use, and the module closes it. */
export const InjectServiceBusClient = (connection?: string): InjectDecorator =>
  Inject(getServiceBusClientToken(connection));

/** Injects a connection's administration client of the SDK; for an emulator it uses plain HTTP. */
export const InjectServiceBusAdministrationClient = (connection?: string): InjectDecorator =>
  Inject(getServiceBusAdministrationClientToken(connection));

/** Injects a connection's `ServiceBusSenders`; that of the connection without a name is injectable as a class. */
export const InjectServiceBusSenders = (connection?: string): InjectDecorator =>
  Inject(getServiceBusSendersToken(connection));
