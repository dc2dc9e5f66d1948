import { Controller, Get, Header, Inject } from '@nestjs/common';

import { RequireRole } from '../http/index.js';
import { type MetricsText, METRICS_TEXT } from './metrics-text.js';

/** The metrics of this process, for Prometheus. */
@Controller('metrics')
export class MetricsController {
  constructor(@Inject(METRICS_TEXT) private readonly text: MetricsText) {}

  @Get()
  @RequireRole('operate')
  // [Prometheus text format 0.0.4]
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  @Header('Cache-Control', 'no-store')
  metrics(): Promise<string> {
    return this.text();
  }
}
