import { Module } from '@nestjs/common';

import { OutboxHealthIndicator } from './health/outbox.health-indicator.js';
import { Inbox } from './inbox.service.js';
import { type OutboxModuleOptions } from './outbox-options.js';
import {
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN,
  OUTBOX_SENDERS,
  type OutboxSenders,
} from './outbox.module-definition.js';
import { OutboxRuntime } from './outbox.runtime.js';
import { Outbox } from './outbox.service.js';

/**
 * Outbox and inbox for a Nest application: `forRoot` or `forRootAsync` once, beside `ServiceBusModule`. Provides `Outbox`,
 * `Inbox` and `OutboxHealthIndicator` everywhere.
 */
@Module({
  providers: [
    {
      provide: OutboxRuntime,
      inject: [MODULE_OPTIONS_TOKEN, OUTBOX_SENDERS],
      useFactory: (options: OutboxModuleOptions, senders: OutboxSenders) =>
        OutboxRuntime.open(options, senders),
    },
    {
      provide: Outbox,
      inject: [OutboxRuntime],
      useFactory: ({ store, adapters, telemetry, deliverer, connections }: OutboxRuntime) =>
        new Outbox(store, adapters, telemetry, (messageIds) => deliverer?.expect(messageIds), connections),
    },
    {
      provide: Inbox,
      inject: [OutboxRuntime, MODULE_OPTIONS_TOKEN],
      useFactory: ({ inboxStore, adapters }: OutboxRuntime, { transaction }: OutboxModuleOptions) =>
        new Inbox(inboxStore, adapters, transaction),
    },
    {
      provide: OutboxHealthIndicator,
      inject: [OutboxRuntime],
      useFactory: (runtime: OutboxRuntime) => new OutboxHealthIndicator(runtime),
    },
  ],
  exports: [Outbox, Inbox, OutboxHealthIndicator],
})
export class OutboxModule extends ConfigurableModuleClass {}
