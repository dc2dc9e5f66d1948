import { Injectable } from '@nestjs/common';

import { type ConsumerHealth, isReceiving } from '../receive/health/consumer-health.js';
import { ServiceBusServer } from '../service-bus.server.js';
import { NamespaceProbe } from './namespace-probe.js';

/** Terminus' `HealthIndicatorResult`, declared here: its types are not there where Terminus is not installed. */
type HealthResult = Record<string, { status: 'up' | 'down' } & Record<string, unknown>>;

/**
 * Readiness for Terminus: up while the namespace answers and every binding receives; down as soon as a shutdown
 * begins. The result has an entry for the namespace and one per binding.
 */
@Injectable()
export class ServiceBusHealthIndicator {
  /** @internal */
  constructor(
    private readonly server: ServiceBusServer,
    private readonly namespace: NamespaceProbe,
  ) {}

  /** The entry for the namespace is named `key`, that of a binding `key:pattern`. */
  async isHealthy(key = 'service-bus'): Promise<HealthResult> {
    const bindings = this.server.health();
    const result: HealthResult = { [key]: await this.namespaceHealth(bindings) };
    for (const { pattern, state, ...details } of bindings) {
      const isUp = isReceiving({ state }) && details.outputError === undefined;
      result[`${key}:${pattern}`] = { status: isUp ? 'up' : 'down', state, ...details };
    }
    return result;
  }

  private async namespaceHealth(bindings: readonly ConsumerHealth[]): Promise<HealthResult[string]> {
    if (this.server.isDraining) return { status: 'down', state: 'draining' };
    // An open link proves that the namespace answers; probe only if there is none.
    if (bindings.some(isReceiving)) return { status: 'up' };
    const problem = await this.namespace.probe();
    return problem === undefined ? { status: 'up' } : { status: 'down', error: problem };
  }
}
