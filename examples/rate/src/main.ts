import { NestFactory } from '@nestjs/core';
import { ServiceBusServer } from 'nestjs-service-bus';

import { AppModule } from './app.module.js';

const app = await NestFactory.createMicroservice(AppModule, {
  inject: [ServiceBusServer],
  useFactory: (server: ServiceBusServer) => ({ strategy: server }),
});
app.enableShutdownHooks();
await app.listen();
