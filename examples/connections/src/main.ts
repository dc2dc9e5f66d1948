import { NestFactory } from '@nestjs/core';
import { ServiceBusServer } from 'nestjs-service-bus';

import { AppModule } from './app.module.js';

const app = await NestFactory.create(AppModule);
app.enableShutdownHooks();
// One strategy for the bindings of both namespaces.
app.connectMicroservice({ strategy: app.get(ServiceBusServer) }, { inheritAppConfig: true });
await app.startAllMicroservices();
// Only for this machine: whoever reaches the operator's routes can stop the work.
await app.listen(process.env['PORT'] ?? 3000, '127.0.0.1');
