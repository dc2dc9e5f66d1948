import { Module } from '@nestjs/common';

import { Ledger, LEDGER_URL } from './ledger.js';
import { SalesController } from './sales.controller.js';

/** The ledger of this example is in the same process. */
const ledgerUrl = (): string =>
  process.env['LEDGER_URL'] ?? `http://127.0.0.1:${process.env['PORT'] ?? 3000}/ledger`;

@Module({
  controllers: [SalesController],
  providers: [Ledger, { provide: LEDGER_URL, useFactory: ledgerUrl }],
})
export class SalesModule {}
