import { Injectable } from '@nestjs/common';

import { type ConsumerHealth, isReceiving, isUp } from '../receive/health/consumer-health.js';
import { type ServiceBusNamespace } from '../service-bus.namespace.js';
import { ServiceBusNamespaces } from '../service-bus.namespaces.js';
import { ServiceBusServer } from '../service-bus.server.js';

/** Terminus' `HealthIndicatorResult`, declared here: its types are not there where Terminus is not installed. */
type HealthResult = Record<string, { status: 'up' | 'down' } & Record<string, unknown>>;

/**
 * Readiness for Terminus: up while each namespace answers and every binding receives, or is paused; down as
 * soon as a shutdown begins. The result has an entry for each namespace and one per binding.
 */
@Injectable()
export class ServiceBusHealthIndicator {
  /** @internal */
  constructor(
    private readonly server: ServiceBusServer,
    private readonly namespaces: ServiceBusNamespaces,
  ) {}

  /**
   * The entry for the namespace is named `key`, that of a binding `key:pattern`; of a connection with a name `key@name`
   * and `key@name:pattern`.
   */
  async isHealthy(key = 'service-bus'): Promise<HealthResult> {
    const bindings = this.server.health();
    const entries = [...this.namespaces].map(async (namespace) => {
      const ofNamespace = bindings.filter(({ connection }) => connection === namespace.name);
      const name = namespace.name === undefined ? key : `${key}@${namespace.name}`;
      const result: HealthResult = { [name]: await this.namespaceHealth(namespace, ofNamespace) };
      for (const { pattern, state, ...details } of ofNamespace) {
        const status = isUp({ state }) && details.outputError === undefined ? 'up' : 'down';
        result[`${name}:${pattern}`] = { status, state, ...details };
      }
      return result;
    });
    return Object.assign({}, ...(await Promise.all(entries))) as HealthResult;
  }

  private async namespaceHealth(
    { probe }: ServiceBusNamespace,
    bindings: readonly ConsumerHealth[],
  ): Promise<HealthResult[string]> {
    if (this.server.isDraining) return { status: 'down', state: 'draining' };
    // An open link proves that the namespace answers; probe only if there is none.
    if (bindings.some(isReceiving)) return { status: 'up' };
    const problem = await probe.probe();
    return problem === undefined ? { status: 'up' } : { status: 'down', error: problem };
  }
}
