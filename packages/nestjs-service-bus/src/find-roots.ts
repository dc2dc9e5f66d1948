import { type ModulesContainer } from '@nestjs/core';

import { MODULE_OPTIONS_TOKEN } from './service-bus.module-definition.js';
import { namespaceHost, type ServiceBusModuleOptions } from './service-bus-options.js';

/** How many times the application imports `ServiceBusModule.forRoot`, with the options of each. */
export function findRoots(modules: ModulesContainer): (ServiceBusModuleOptions | undefined)[] {
  return [...modules.values()].flatMap(({ providers }) => {
    const options = providers.get(MODULE_OPTIONS_TOKEN);
    return options ? [options.instance as ServiceBusModuleOptions | undefined] : [];
  });
}

/** All features would go to the namespace of the last `forRoot`, whatever their modules import. */
export function secondRootProblems(modules: ModulesContainer): string[] {
  const roots = findRoots(modules);
  if (roots.length < 2) return [];
  const hosts = roots.map((options) => namespaceHost(options)).join(' and ');
  return [
    `ServiceBusModule.forRoot is imported ${roots.length} times, for ${hosts}: ` +
      'keep the one in the root module, features use forFeature',
  ];
}
