import { type LoggerService, type OnModuleDestroy } from '@nestjs/common';
import { type IncomingMessage, type ServerResponse } from 'node:http';

import { type DeskSettings } from '../config/index.js';
import { callerOf, type Page } from '../http/index.js';
import { type NamespaceOptions, type ServiceBusServer } from 'nestjs-service-bus';
import type { Desk, DeskCaller, DeskHandler } from 'service-bus-desk';
import { describeAudit } from './describe-audit.js';
import { HandlersOfServer } from './handlers-of-server.js';

const BASE_PATH = '/desk';

interface OpenDesk {
  readonly desk: Desk;
  readonly handler: DeskHandler;
}

/** The desk of this service. Nothing of it is loaded before somebody comes: a process that is never looked at has none. */
export class DeskPage implements Page, OnModuleDestroy {
  private opened?: Promise<OpenDesk>;
  private isClosed = false;

  constructor(
    private readonly settings: DeskSettings,
    private readonly namespace: NamespaceOptions,
    private readonly server: ServiceBusServer,
    private readonly logger: LoggerService,
  ) {}

  readonly handle = (
    request: IncomingMessage,
    response: ServerResponse,
    next: (error?: unknown) => void,
  ): void => {
    const { pathname } = new URL(`http://desk${request.url ?? '/'}`);
    if (this.isClosed || (pathname !== BASE_PATH && !pathname.startsWith(`${BASE_PATH}/`))) return next();
    this.open().then(({ handler }) => handler(request, response, next), next);
  };

  async onModuleDestroy(): Promise<void> {
    this.isClosed = true;
    const opened = await this.opened?.catch(() => undefined);
    await opened?.handler.close();
    await opened?.desk.close();
  }

  private open(): Promise<OpenDesk> {
    // A failure is not kept: the next one who comes tries again.
    this.opened ??= this.start().catch((error: unknown) => {
      this.opened = undefined;
      throw error;
    });
    return this.opened;
  }

  private async start(): Promise<OpenDesk> {
    const { settings, namespace, server, logger } = this;
    const { createDeskHandler, Desk } = await import('service-bus-desk');
    const desk = await Desk.open(namespace);
    const handler = createDeskHandler(desk, {
      basePath: BASE_PATH,
      identify: deskCallerOf,
      audit: (line) => void logger.log(describeAudit(line)),
      handlers: new HandlersOfServer(desk, server),
      bodies: settings.showsBodies ? 'shown' : 'hidden',
      redact: settings.redacted,
    });
    return { desk, handler };
  }
}

function deskCallerOf(request: IncomingMessage): DeskCaller | undefined {
  const caller = callerOf(request);
  if (!caller) return undefined;
  const mayChange = caller.roles.includes('repair');
  return { name: caller.name, maySee: mayChange || caller.roles.includes('operate'), mayChange };
}
