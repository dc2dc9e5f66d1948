import 'reflect-metadata';

import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { ServiceBusModule, ServiceBusServer } from 'nestjs-service-bus';
import { Desk } from 'service-bus-desk';

// A service that redrives the dead letters of its subscription, and may be killed at any time.

const { SB_CONNECTION: connectionString = '', JOURNAL: journal, RESUME } = process.env;
const [, , topic = '', subscription = ''] = process.argv;

@Controller()
class AuditController {
  @MessagePattern('audit')
  audit(@Payload() number: number): number {
    return number;
  }
}

@Module({
  imports: [
    ServiceBusModule.forRoot({ connectionString }),
    ServiceBusModule.forFeature({ pattern: 'audit', topic, subscription, replyTo: 'audited' }),
  ],
  controllers: [AuditController],
})
class AuditModule {}

const app = await NestFactory.create(AuditModule, { logger: false });
const server = app.get(ServiceBusServer);
app.connectMicroservice({ strategy: server }, { inheritAppConfig: true });
await app.startAllMicroservices();
const desk = await Desk.open({ connectionString });
const result = await desk.redrive(
  `${topic}/Subscriptions/${subscription}`,
  (entity, deadLetter) => server.redrive(entity, deadLetter),
  { canary: false, journal, resume: RESUME === 'yes' },
);
await desk.close();
await app.close();
process.stdout.write(JSON.stringify(result));
