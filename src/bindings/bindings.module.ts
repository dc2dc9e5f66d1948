import { type DynamicModule, Module } from '@nestjs/common';

import { BindingsController, WORKERS } from './bindings.controller.js';

/** What operators may do with the bindings of this process, if no others share its work. */
@Module({})
export class BindingsModule {
  static register(workers: number): DynamicModule {
    return {
      module: BindingsModule,
      controllers: [BindingsController],
      providers: [{ provide: WORKERS, useValue: workers }],
    };
  }
}
