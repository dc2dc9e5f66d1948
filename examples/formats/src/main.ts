import { NestFactory } from '@nestjs/core';
import { ServiceBusServer } from 'nestjs-service-bus';

import { FormatsModule } from './formats.module.js';

const app = await NestFactory.createMicroservice(FormatsModule, {
  inject: [ServiceBusServer],
  useFactory: (server: ServiceBusServer) => ({ strategy: server }),
});
app.enableShutdownHooks();
await app.listen();
