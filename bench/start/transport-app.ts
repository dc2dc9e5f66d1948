import 'reflect-metadata';

import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern } from '@nestjs/microservices';

import type * as Library from 'nestjs-service-bus';

// Imports the build, as a user does.
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
// Listens only once it receives, so that an answer means ready.
await receiving;
await app.listen(Number(process.env['PORT']), '127.0.0.1');
