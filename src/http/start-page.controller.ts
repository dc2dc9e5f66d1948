import { Controller, Get } from '@nestjs/common';

/** Where to go from here. */
export interface StartPage {
  readonly documentation: string;
  readonly health: string;
}

/** Answers `GET /`, the address that the log shows. It needs no credentials, as the pages it points to need none. */
@Controller()
export class StartPageController {
  @Get()
  startPage(): StartPage {
    return { documentation: '/docs', health: '/health' };
  }
}
