import { ServiceBusAdministrationClient } from '@azure/service-bus';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';

import { BindingRegistry } from './binding/binding-registry.js';
import { ContractRegistry } from './contract/contract-registry.js';
import { HandlerDeclarations } from './binding/handler-declarations.js';
import { partsOf } from './describe/application-parts.js';
import { wantedTopology } from './describe/wanted-topology.js';
import { ServiceBusConfigurationError } from './exceptions/service-bus-configuration.error.js';
import { MODULE_OPTIONS_TOKEN } from './service-bus.module-definition.js';
import { namespaceHost, type ServiceBusModuleOptions } from './service-bus-options.js';
import { TopologyError } from './topology/administration/administration-errors.js';
import { applyTopology } from './topology/administration/apply-topology.js';
import { NamespaceAdministration } from './topology/administration/namespace-administration.js';
import { type Change, describeChange, isPossible, planTopology } from './topology/model/plan.js';
import { type Topology } from './topology/model/topology.js';

/** Sees to it, before anything is received, that the namespace has what the application declares. */
@Injectable()
export class ServiceBusProvisioning {
  private readonly logger = new Logger('ServiceBusModule');
  private running?: Promise<void>;

  constructor(
    @Inject(MODULE_OPTIONS_TOKEN) private readonly options: ServiceBusModuleOptions,
    private readonly declarations: HandlerDeclarations,
    private readonly bindings: BindingRegistry,
    private readonly contracts: ContractRegistry,
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
   * @throws ServiceBusConfigurationError where `verify` finds something, or the namespace may not be looked at
   */
  async run(): Promise<void> {
    if (this.isWanted) await (this.running ??= this.provision());
  }

  private async provision(): Promise<void> {
    this.declarations.declare();
    const administration = new NamespaceAdministration(this.client, namespaceHost(this.options));
    const { modules, bindings, contracts } = this;
    const desired = wantedTopology(partsOf({ modules, bindings, contracts }));
    try {
      if (this.options.provision === 'create') await this.create(administration, desired);
      else await this.verify(administration, desired);
    } catch (error) {
      if (!(error instanceof TopologyError)) throw error;
      if (error.reason !== 'unreachable')
        throw new ServiceBusConfigurationError([`provision: ${error.message}`]);
      this.logger.warn(`provision: ${error.message}`);
    }
  }

  private async create(administration: NamespaceAdministration, desired: Topology): Promise<void> {
    const performed = (change: Change): void => this.logger.log(`provision: ${describeChange(change)}`);
    const { left } = await applyTopology(administration, desired, { onlyCreate: true, performed });
    // Receivers say it, too; here it is told once, and before they begin.
    for (const change of left.filter((one) => !isPossible(one))) {
      this.logger.warn(`provision: ${describeChange(change)}`);
    }
  }

  private async verify(administration: NamespaceAdministration, desired: Topology): Promise<void> {
    const plan = planTopology(desired, await administration.read(desired));
    if (plan.length === 0) return;
    const remedy = 'run "npx nestjs-service-bus topology apply", or change what is declared';
    throw new ServiceBusConfigurationError(
      plan.map((change) => `provision "verify": ${describeChange(change)}: ${remedy}`),
    );
  }
}
