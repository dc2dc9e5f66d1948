import { ServiceBusAdministrationClient } from '@azure/service-bus';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';

import { BindingRegistry } from './binding/binding-registry.js';
import { HandlerDeclarations } from './binding/handler-declarations.js';
import { topologyOf } from './describe/describe-application.js';
import { ServiceBusConfigurationError } from './exceptions/service-bus-configuration.error.js';
import { MODULE_OPTIONS_TOKEN } from './service-bus.module-definition.js';
import { namespaceHost, type ServiceBusModuleOptions } from './service-bus-options.js';
import { TopologyError } from './topology/administration/administration-errors.js';
import { applyTopology } from './topology/administration/apply-topology.js';
import { NamespaceAdministration } from './topology/administration/namespace-administration.js';
import { type Change, describeChange, planTopology } from './topology/model/plan.js';

/** Sees to it, before anything is received, that the namespace has what the application declares. */
@Injectable()
export class ServiceBusProvisioning {
  private readonly logger = new Logger('ServiceBusModule');
  private running?: Promise<void>;

  constructor(
    @Inject(MODULE_OPTIONS_TOKEN) private readonly options: ServiceBusModuleOptions,
    private readonly declarations: HandlerDeclarations,
    private readonly bindings: BindingRegistry,
    private readonly modules: ModulesContainer,
    private readonly client: ServiceBusAdministrationClient,
  ) {}

  /** True where a start must wait for it. */
  get isWanted(): boolean {
    return (this.options.provision ?? 'none') !== 'none';
  }

  /**
   * Does what the option `provision` says, once. A namespace that does not answer stops no start: receivers go on trying
   * as well.
   *
   * @throws ServiceBusConfigurationError where something differs, or may not be looked at
   */
  async run(): Promise<void> {
    if (this.isWanted) await (this.running ??= this.provision());
  }

  private async provision(): Promise<void> {
    this.declarations.declare();
    const administration = new NamespaceAdministration(this.client, namespaceHost(this.options));
    const desired = topologyOf(this.modules, this.bindings);
    try {
      const left =
        this.options.provision === 'create'
          ? (await applyTopology(administration, desired, { performed: (change) => this.log(change) })).left
          : planTopology(desired, await administration.read(desired));
      if (left.length > 0)
        throw new ServiceBusConfigurationError(left.map((change) => this.problemOf(change)));
    } catch (error) {
      if (!(error instanceof TopologyError)) throw error;
      if (error.reason !== 'unreachable')
        throw new ServiceBusConfigurationError([`provision: ${error.message}`]);
      this.logger.warn(`provision: ${error.message}`);
    }
  }

  private log(change: Change): void {
    this.logger.log(`provision: ${describeChange(change)}`);
  }

  private problemOf(change: Change): string {
    const line = `provision "${this.options.provision}": ${describeChange(change)}`;
    return `${line}: run "npx nestjs-service-bus topology plan", or change what is declared`;
  }
}
