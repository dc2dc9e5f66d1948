import { Controller } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { Payload } from '@nestjs/microservices';

import { ServiceBusHandler } from 'nestjs-service-bus';
import { CounterService } from './counter.service.js';
import { CountRequest } from './dto/count-request.js';
import { type CountResult } from './dto/count-result.js';

@Controller()
export class CounterController {
  constructor(private readonly counter: CounterService) {}

  @ServiceBusHandler({
    pattern: 'counter',
    queue: (get) => get(ConfigService).getOrThrow<string>('queues.counter.inQueue'),
    replyTo: (get) => get(ConfigService).getOrThrow<string>('queues.counter.outQueue'),
    allowReplyTo: false,
  })
  count(@Payload() request: CountRequest): CountResult {
    return this.counter.count(request.text);
  }
}
