import { type ServerResponse } from 'node:http';

import { Body, Controller, Get, Post, Res, ServiceUnavailableException } from '@nestjs/common';

import { type Sale } from './sale.js';

/** Somebody else's service, in truth: each sale comes at a bad moment at first. One that comes twice is entered once. */
@Controller('ledger')
export class LedgerController {
  private readonly seen = new Set<number>();
  private readonly sales = new Map<number, Sale>();

  @Post()
  enter(@Body() sale: Sale, @Res({ passthrough: true }) response: ServerResponse): void {
    if (!this.seen.has(sale.order)) {
      this.seen.add(sale.order);
      response.setHeader('Retry-After', '2');
      throw new ServiceUnavailableException('the ledger is busy');
    }
    this.sales.set(sale.order, sale);
  }

  @Get()
  all(): Sale[] {
    return [...this.sales.values()];
  }
}
