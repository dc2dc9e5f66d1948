import { type DynamicModule, Logger, Module } from '@nestjs/common';

import { type DeskSettings } from '../config/index.js';
import { PAGES } from '../http/index.js';
import { type NamespaceOptions, ServiceBusServer } from 'nestjs-service-bus';
import { DeskPage } from './desk-page.js';

/** The desk at `/desk`, where it is switched on: dead letters, queues and this process's handlers, for people. */
@Module({})
export class DeskModule {
  static register(settings: DeskSettings, namespace: NamespaceOptions): DynamicModule {
    const page = {
      provide: DeskPage,
      inject: [ServiceBusServer],
      useFactory: (server: ServiceBusServer) => new DeskPage(settings, namespace, server, new Logger('Desk')),
    };
    return {
      module: DeskModule,
      providers: [
        page,
        {
          provide: PAGES,
          inject: [DeskPage],
          useFactory: (desk: DeskPage) => (settings.isOn ? [desk] : []),
        },
      ],
    };
  }
}
