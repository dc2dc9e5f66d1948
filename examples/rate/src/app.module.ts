import { Module } from '@nestjs/common';
import { ServiceBusModule } from 'nestjs-service-bus';

import { connectionString } from './connection-string.js';
import { InvoicesController } from './invoices.controller.js';
import { MailsController } from './mails.controller.js';
import { PostgresRateStore } from './postgres-rate-store.js';

@Module({
  imports: [ServiceBusModule.forRoot({ connectionString })],
  controllers: [InvoicesController, MailsController],
  providers: [PostgresRateStore],
})
export class AppModule {}
