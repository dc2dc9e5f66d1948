import { Inject, type InjectionToken } from '@nestjs/common';

import { connectionName } from '../binding/connection-name.js';
import { tokenOf } from '../injection/injection-tokens.js';
import { markPublisher } from './contract-marks.js';
import { ServiceBusPublisher } from './service-bus.publisher.js';

/** The token of a connection's publisher: the class for the one without a name. */
export function getServiceBusPublisherToken(connection?: string): InjectionToken<ServiceBusPublisher> {
  return tokenOf<ServiceBusPublisher>(ServiceBusPublisher, 'ServiceBusPublisher', connection);
}

/**
 * Injects a connection's publisher; that of the connection without a name is injectable as a class. What describes the
 * application takes it that the contracts which the class `@Publishes` go to that connection's namespace.
 */
export const InjectServiceBusPublisher =
  (connection?: string): PropertyDecorator & ParameterDecorator =>
  (target: object, key?: string | symbol, index?: number): void => {
    // A parameter of the constructor has the class itself, a property its prototype.
    markPublisher(typeof target === 'function' ? target : target.constructor, connectionName(connection));
    Inject(getServiceBusPublisherToken(connection))(target, key, index as number);
  };
