import { ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ServiceBusServer } from 'nestjs-service-bus';

import { AppModule } from './app.module.js';

const app = await NestFactory.create(AppModule);
app.useGlobalPipes(new ValidationPipe({ transform: true }));
app.enableShutdownHooks();
app.connectMicroservice({ strategy: app.get(ServiceBusServer) }, { inheritAppConfig: true });
await app.startAllMicroservices();
await app.listen(process.env['PORT'] ?? 3000);
