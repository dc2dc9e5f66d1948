import { ConfigurableModuleBuilder } from '@nestjs/common';

import { type ServiceBusModuleOptions } from './service-bus-options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<ServiceBusModuleOptions>({ moduleName: 'ServiceBus' })
    .setClassMethodName('forRoot')
    // Not among the options: it must be known before a factory gives them.
    .setExtras<{ name?: string }>({ name: undefined }, (definition) => definition)
    .build();
