import { Controller, Get } from '@nestjs/common';

/** Where to go from here. */
export interface StartPage {
  readonly documentation: string;
  readonly health: string;
}

/** Answers `GET /`, for whoever opens the address that the log shows; it says nothing that the others keep to callers. */
@Controller()
export class StartPageController {
  @Get()
  startPage(): StartPage {
    return { documentation: '/docs', health: '/health' };
  }
}
