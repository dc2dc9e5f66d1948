import 'reflect-metadata';

import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern } from '@nestjs/microservices';

import type * as Library from 'nestjs-service-bus';

// As a user imports it, and as `npm run build` makes it.
const LIBRARY = 'nestjs-service-bus';
const { ServiceBusModule, ServiceBusServer } = (await import(LIBRARY)) as typeof Library;

@Controller()
class WorkController {
  @MessagePattern('counter-in')
  work(): void {}
}

@Module({
  imports: [ServiceBusModule.forRoot({ connectionString: process.env['SB_CONNECTION'] ?? '' })],
  controllers: [WorkController],
})
class WorkModule {}

const app = await NestFactory.create(WorkModule, { logger: false });
const server = app.get(ServiceBusServer);
const receiving = new Promise<void>((resolve) => {
  server.status.subscribe((status) => {
    if (status === 'connected') resolve();
  });
});
app.connectMicroservice({ strategy: server });
await app.startAllMicroservices();
// Ready is who receives: only then does it answer.
await receiving;
await app.listen(Number(process.env['PORT']), '127.0.0.1');
