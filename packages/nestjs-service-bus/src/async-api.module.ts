import { Controller, type DynamicModule, Get, Header, Inject, Module, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';

import {
  ASYNC_API_INFO,
  type AsyncApiDocument,
  type AsyncApiInfo,
} from './asyncapi/schema/async-api-document.js';
import { describeMessages } from './describe-messages.js';
import { PAGE_POLICY, renderPage } from './asyncapi/page/render-page.js';

/** Options of `AsyncApiModule.forRoot`. */
export interface AsyncApiModuleOptions extends AsyncApiInfo {
  /** Where the page is; the document is at the same path with `.json`. Default `asyncapi`. */
  readonly path?: string;
}

/**
 * Serves the document that describes the application's messages: `/asyncapi.json`, and `/asyncapi` as a page for people.
 * Whoever may read it knows every queue's name and every property: guard it where not everybody may.
 */
@Module({})
export class AsyncApiModule {
  /** Once, in the root module. */
  static forRoot({ path = 'asyncapi', ...info }: AsyncApiModuleOptions = {}): DynamicModule {
    return {
      module: AsyncApiModule,
      controllers: [controllerAt(path.replaceAll(/^\/+|\/+$/g, ''))],
      providers: [{ provide: ASYNC_API_INFO, useValue: info }],
    };
  }
}

function controllerAt(path: string): Type {
  @Controller()
  class AsyncApiController {
    private document?: Promise<AsyncApiDocument>;

    constructor(@Inject(ModuleRef) private readonly moduleRef: ModuleRef) {}

    @Get(`${path}.json`)
    readDocument(): Promise<AsyncApiDocument> {
      return this.find();
    }

    @Get(path)
    @Header('Content-Type', 'text/html; charset=utf-8')
    @Header('Content-Security-Policy', PAGE_POLICY)
    @Header('X-Content-Type-Options', 'nosniff')
    async readPage(): Promise<string> {
      return renderPage(await this.find());
    }

    /** Nothing of it changes while the application runs. */
    private find(): Promise<AsyncApiDocument> {
      return (this.document ??= describeMessages(this.moduleRef));
    }
  }
  return AsyncApiController;
}
