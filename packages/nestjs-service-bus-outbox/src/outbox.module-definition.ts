import { ConfigurableModuleBuilder } from '@nestjs/common';

import { type OutboxModuleOptions } from './outbox-options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<OutboxModuleOptions>({ moduleName: 'Outbox' })
    .setClassMethodName('forRoot')
    // One database serves the whole application: its features add to the outbox without importing the module.
    .setExtras({}, (definition) => ({ ...definition, global: true }))
    .build();
