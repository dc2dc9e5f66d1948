import { ConfigurableModuleBuilder } from '@nestjs/common';

import { type ServiceBusModuleOptions } from './service-bus-options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<ServiceBusModuleOptions>({ moduleName: 'ServiceBus' })
    .setClassMethodName('forRoot')
    // One namespace serves the whole application: features declare what they use of it with forFeature.
    .setExtras({}, (definition) => ({ ...definition, global: true }))
    .build();
