import { Controller, Get, HttpCode, Param, Post, Query, UseFilters } from '@nestjs/common';
import { type ConsumerHealth, ServiceBusBindings } from 'nestjs-service-bus';

import { BindingNotFoundFilter } from './binding-not-found.filter.js';

/** What an operator may do with the handlers of this process. In an application of yours, a guard stands before it. */
@Controller('bindings')
@UseFilters(BindingNotFoundFilter)
export class BindingsController {
  constructor(private readonly bindings: ServiceBusBindings) {}

  @Get()
  list(): ConsumerHealth[] {
    return this.bindings.list();
  }

  @Post(':pattern/pause')
  @HttpCode(204)
  async pause(@Param('pattern') pattern: string, @Query('reason') reason?: string): Promise<void> {
    await this.bindings.pause(pattern, { reason });
  }

  @Post(':pattern/resume')
  @HttpCode(204)
  resume(@Param('pattern') pattern: string): void {
    this.bindings.resume(pattern);
  }
}
