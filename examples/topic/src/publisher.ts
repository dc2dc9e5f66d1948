import { Inject, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type ClientProxy, ClientsModule } from '@nestjs/microservices';
import { ServiceBusClientProxy } from 'nestjs-service-bus';
import { lastValueFrom } from 'rxjs';

import { connectionString } from './connection-string.js';

/** All that it emits goes to one topic, with the pattern as the message's subject. */
@Injectable()
class OrderEvents {
  constructor(@Inject('ORDERS') private readonly orders: ClientProxy) {}

  async placed(id: number): Promise<void> {
    await lastValueFrom(this.orders.emit('placed', { id }), { defaultValue: undefined });
  }

  async cancelled(id: number): Promise<void> {
    await lastValueFrom(this.orders.emit('cancelled', { id }), { defaultValue: undefined });
  }
}

@Module({
  imports: [
    ClientsModule.register([
      { name: 'ORDERS', customClass: ServiceBusClientProxy, options: { connectionString, topic: 'orders' } },
    ]),
  ],
  providers: [OrderEvents],
})
class PublisherModule {}

const app = await NestFactory.createApplicationContext(PublisherModule);
const events = app.get(OrderEvents);
await events.placed(1);
await events.cancelled(1);
await app.close();
