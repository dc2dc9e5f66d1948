import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';

import { CounterService } from './counter.service.js';
import { CountRequest } from './dto/count-request.js';
import { type CountResult } from './dto/count-result.js';

@Controller()
export class CounterController {
  constructor(private readonly counter: CounterService) {}

  @MessagePattern('counter')
  count(@Payload() request: CountRequest): CountResult {
    return this.counter.count(request.text);
  }
}
