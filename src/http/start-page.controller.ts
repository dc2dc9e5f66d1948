import { Controller, Get, Inject } from '@nestjs/common';

/** Injects the start page. */
export const START_PAGE = Symbol('START_PAGE');

/** Where to go from here. */
export interface StartPage {
  readonly documentation: string;
  readonly health: string;
  /** Where it is switched on. */
  readonly desk?: string;
}

/** What there is in this process. */
export function startPage(parts: { readonly hasDesk: boolean }): StartPage {
  return { documentation: '/docs', health: '/health', ...(parts.hasDesk && { desk: '/desk' }) };
}

/**
 * Answers `GET /`, the address that the log shows. It needs no credentials, as the pages it points to need none: the
 * desk's asks for them itself.
 */
@Controller()
export class StartPageController {
  constructor(@Inject(START_PAGE) private readonly page: StartPage) {}

  @Get()
  startPage(): StartPage {
    return this.page;
  }
}
