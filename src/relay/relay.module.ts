import { type DynamicModule, Module } from '@nestjs/common';

import { type FeatureEntities, ServiceBusModule } from 'nestjs-service-bus';
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
    const used: FeatureEntities = {
      senders: { [RELAY_IN]: inQueue, [RELAY_OUT]: outQueue },
      receivers: { [RELAY_OUT]: outQueue },
      // What is relayed keeps its id, or has one made of it: a redelivered input gives no second output.
      entities: { [outQueue]: isPlainQueue ? {} : { duplicateDetection: 'PT1H' } },
    };
    return {
      module: RelayModule,
      imports: [
        ServiceBusModule.forFeature(
          isPlainQueue
            ? used
            : // It passes on what it gets, whatever that is.
              { pattern: 'relay', queue: inQueue, allowReplyTo: false, decode: false, ...used },
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
