import { type DynamicModule, Module } from '@nestjs/common';

import { ServiceBusModule } from 'nestjs-service-bus';
import { Answers } from './answers.js';
import { ForwardService } from './forward.service.js';
import { MessageLines } from './message-lines.js';
import { PeekService } from './peek.service.js';
import { ReceiveService } from './receive.service.js';
import { RelayController } from './relay.controller.js';
import { RelayHttpController } from './relay-http.controller.js';
import { RELAY_IN, RELAY_OPTIONS, RELAY_OUT, type RelayOptions } from './relay-options.js';
import { SendService } from './send.service.js';

/** The bus over HTTP, and a handler that relays from one queue to the other. */
@Module({})
export class RelayModule {
  static register(options: RelayOptions): DynamicModule {
    const { inQueue, outQueue } = options;
    // Service Bus compares names case-insensitively.
    const isPlainQueue = inQueue.toLowerCase() === outQueue.toLowerCase();
    const entities = {
      senders: { [RELAY_IN]: inQueue, [RELAY_OUT]: outQueue },
      receivers: { [RELAY_OUT]: outQueue },
    };
    return {
      module: RelayModule,
      imports: [
        ServiceBusModule.forFeature(
          isPlainQueue
            ? entities
            : // It passes on what it gets, whatever that is.
              { pattern: 'relay', queue: inQueue, allowReplyTo: false, decode: false, ...entities },
        ),
      ],
      controllers: isPlainQueue ? [RelayHttpController] : [RelayHttpController, RelayController],
      providers: [
        { provide: RELAY_OPTIONS, useValue: options },
        SendService,
        ReceiveService,
        PeekService,
        ForwardService,
        Answers,
        MessageLines,
      ],
    };
  }
}
