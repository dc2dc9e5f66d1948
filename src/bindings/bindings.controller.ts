import {
  ConflictException,
  Controller,
  Get,
  HttpCode,
  Inject,
  Logger,
  NotFoundException,
  Param,
  Post,
  Query,
  Req,
  ServiceUnavailableException,
} from '@nestjs/common';
import { type Request } from 'express';

import { callerOf, RequireRole } from '../http/index.js';
import { BindingNotFoundError, DrainedError, ServiceBusBindings } from 'nestjs-service-bus';
import { PauseQuery } from './dto/pause-query.js';

type BindingState = ReturnType<ServiceBusBindings['list']>[number];

/** How many processes share the work. */
export const WORKERS = Symbol('workers');

/** Pauses and resumes what this process receives. */
@Controller('bindings')
@RequireRole('operate')
export class BindingsController {
  private readonly logger = new Logger('Bindings');

  constructor(
    private readonly bindings: ServiceBusBindings,
    @Inject(WORKERS) private readonly workers: number,
  ) {}

  @Get()
  list(): BindingState[] {
    return this.bindings.list();
  }

  @Post(':name/pause')
  @HttpCode(200)
  async pause(
    @Param('name') name: string,
    @Query() { reason }: PauseQuery,
    @Req() request: Request,
  ): Promise<BindingState> {
    return this.change('pause', name, request, reason, () => this.bindings.pause(name, { reason }));
  }

  @Post(':name/resume')
  @HttpCode(200)
  async resume(@Param('name') name: string, @Req() request: Request): Promise<BindingState> {
    return this.change('resume', name, request, undefined, () => this.bindings.resume(name));
  }

  private async change(
    action: string,
    name: string,
    request: Request,
    reason: string | undefined,
    work: () => Promise<void> | void,
  ): Promise<BindingState> {
    this.checkWorkers();
    // JSON leaves no line feed in: what comes from outside cannot look like another line.
    const line = `${JSON.stringify(callerOf(request)?.name)}: ${action} of ${JSON.stringify(name)}`;
    try {
      await work();
    } catch (error) {
      this.logger.log(`${line} refused`);
      throw toHttpException(error);
    }
    this.logger.log(`${line} done ${JSON.stringify({ reason })}`);
    const binding = this.bindings.list().find(({ pattern }) => pattern === name);
    if (!binding) throw new ServiceUnavailableException('the service does not receive yet');
    return binding;
  }

  /** A request reaches one worker, and nobody can choose which. */
  private checkWorkers(): void {
    const { workers } = this;
    if (workers === 1) return;
    throw new ConflictException(
      `with WORKERS=${workers} a pause would hold for one process of ${workers}: set WORKERS=1, and scale by replicas`,
    );
  }
}

function toHttpException(error: unknown): unknown {
  if (error instanceof BindingNotFoundError) return new NotFoundException(error.message);
  if (error instanceof DrainedError) return new ServiceUnavailableException(error.message);
  return error;
}
