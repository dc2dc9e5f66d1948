import { type DynamicModule, type Provider } from '@nestjs/common';

import { BindingRegistry } from './binding/binding-registry.js';
import { connectionName, connectionNameProblem } from './binding/connection-name.js';
import { ContractRegistry } from './contract/contract-registry.js';
import { getServiceBusPublisherToken } from './contract/inject-publisher.decorator.js';
import { ServiceBusConfigurationError } from './exceptions/service-bus-configuration.error.js';
import { ROOT_MARK, type RootMark } from './find-roots.js';
import {
  getServiceBusAdministrationClientToken,
  getServiceBusClientToken,
  getServiceBusSendersToken,
} from './injection/injection-tokens.js';
import { ServiceBusSenders } from './injection/service-bus-senders.js';
import { ServiceBusCoreModule } from './service-bus.core.module.js';
import { MODULE_OPTIONS_TOKEN } from './service-bus.module-definition.js';
import { getNamespaceToken, ServiceBusNamespace } from './service-bus.namespace.js';
import { ServiceBusNamespaces } from './service-bus.namespaces.js';
import { type ServiceBusModuleOptions } from './service-bus-options.js';
import { SERVER_LOG_CONTEXT } from './service-bus.server.js';

/** The token of the options of a `forRoot`. */
export function getOptionsToken(connection: string | undefined): string | symbol {
  return connection === undefined ? MODULE_OPTIONS_TOKEN : `${String(MODULE_OPTIONS_TOKEN)}@${connection}`;
}

/** Completes what Nest's builder makes of `forRoot` with all that belongs to one namespace. */
export function rootOf(definition: DynamicModule, given: string | undefined): DynamicModule {
  // What is no text could not even be told apart: all else that is wrong with a name is told with the other mistakes.
  if (given !== undefined && typeof given !== 'string') {
    throw new ServiceBusConfigurationError([`ServiceBusModule: name ${connectionNameProblem(given)}`]);
  }
  const name = connectionName(given);
  const optionsToken = getOptionsToken(name);
  const mark: RootMark = { name, optionsToken };
  const provided = providersOf(name, optionsToken);
  return {
    ...definition,
    global: true,
    imports: [...(definition.imports ?? []), ServiceBusCoreModule],
    providers: [
      ...(definition.providers ?? []).map((provider) => withToken(provider, optionsToken)),
      { provide: ROOT_MARK, useValue: mark },
      ...provided,
    ],
    exports: provided.map(({ provide }) => provide),
  };
}

/** The builder knows only one name for options. */
function withToken(provider: Provider, optionsToken: string | symbol): Provider {
  const isOptions = 'provide' in provider && provider.provide === MODULE_OPTIONS_TOKEN;
  return isOptions ? { ...provider, provide: optionsToken } : provider;
}

function providersOf(name: string | undefined, optionsToken: string | symbol) {
  const namespaceToken = getNamespaceToken(name);
  const ofNamespace = <Part>(provide: Part, part: (namespace: ServiceBusNamespace) => unknown) => ({
    provide,
    inject: [namespaceToken],
    useFactory: part,
  });
  return [
    {
      provide: namespaceToken,
      inject: [optionsToken, BindingRegistry, ContractRegistry, ServiceBusNamespaces],
      useFactory: async (
        options: ServiceBusModuleOptions,
        bindings: BindingRegistry,
        contracts: ContractRegistry,
        namespaces: ServiceBusNamespaces,
      ) => {
        const source = { name, options, bindings, contracts, serverLogContext: SERVER_LOG_CONTEXT };
        return namespaces.add(await ServiceBusNamespace.open(source));
      },
    },
    ofNamespace(getServiceBusClientToken(name), ({ client }) => client),
    ofNamespace(
      getServiceBusAdministrationClientToken(name),
      ({ administrationClient }) => administrationClient,
    ),
    ofNamespace(getServiceBusPublisherToken(name), ({ publisher }) => publisher),
    ofNamespace(getServiceBusSendersToken(name), ({ senders }) => new ServiceBusSenders(senders)),
  ];
}
