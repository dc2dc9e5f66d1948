import { type ServiceBusSender } from '@azure/service-bus';
import { type Logger } from '@nestjs/common';

import { type ClientSource } from '../sdk/index.js';
import { type ConsumerHealth } from '../receive/health/consumer-health.js';
import { type Binding } from '../binding/binding.js';
import { OutputCheck } from './output-check.js';

/** The output checks of all bindings with a `replyTo`. */
export class OutputChecks {
  private readonly checks = new Map<string, OutputCheck>();

  constructor(private readonly logger: Logger) {}

  start({ pattern, replyTo }: Binding, clients: ClientSource): void {
    if (replyTo === undefined) return;
    const makeSender = (): ServiceBusSender => clients.current.createSender(replyTo);
    const check = new OutputCheck(pattern, replyTo, makeSender, this.logger);
    this.checks.set(pattern, check);
    void check.start();
  }

  /** Adds the error of a binding's output to its health. */
  addTo(health: ConsumerHealth): ConsumerHealth {
    const outputError = this.checks.get(health.pattern)?.refusal;
    return outputError ? { ...health, outputError } : health;
  }

  close(): void {
    for (const check of this.checks.values()) check.close();
  }
}
