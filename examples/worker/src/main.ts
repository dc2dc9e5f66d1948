import { NestFactory } from '@nestjs/core';
import { ServiceBusServer } from 'nestjs-service-bus';

import { WorkerModule } from './worker.module.js';

const app = await NestFactory.createMicroservice(WorkerModule, {
  inject: [ServiceBusServer],
  useFactory: (server: ServiceBusServer) => ({ strategy: server }),
});
app.enableShutdownHooks();
await app.listen();
