import { Injectable, Logger } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';

import { BindingRegistry } from './binding/binding-registry.js';
import { nameConnection } from './binding/connection-name.js';
import { ContractRegistry } from './contract/contract-registry.js';
import { HandlerDeclarations } from './binding/handler-declarations.js';
import { type ApplicationParts, partsOf } from './describe/application-parts.js';
import { declaresEntities, wantedTopology } from './describe/wanted-topology.js';
import { ServiceBusConfigurationError } from './exceptions/service-bus-configuration.error.js';
import { type ServiceBusNamespace } from './service-bus.namespace.js';
import { ServiceBusNamespaces } from './service-bus.namespaces.js';
import { namespaceHost } from './service-bus-options.js';
import { TopologyError } from './topology/administration/administration-errors.js';
import { applyTopology } from './topology/administration/apply-topology.js';
import { NamespaceAdministration } from './topology/administration/namespace-administration.js';
import { type Change, describeChange, isPossible, planTopology, remedyFor } from './topology/model/plan.js';
import { type Topology } from './topology/model/topology.js';

/** Sees to it, before anything is received, that the namespaces have what the application declares. */
@Injectable()
export class ServiceBusProvisioning {
  private readonly logger = new Logger('ServiceBusModule');
  private running?: Promise<void>;

  constructor(
    private readonly namespaces: ServiceBusNamespaces,
    private readonly declarations: HandlerDeclarations,
    private readonly bindings: BindingRegistry,
    private readonly contracts: ContractRegistry,
    private readonly modules: ModulesContainer,
  ) {}

  /** True where a start must wait for it. */
  get isWanted(): boolean {
    return this.wanted.length > 0;
  }

  /**
   * Does what the option `provision` of each namespace says, once. A namespace that does not answer stops no start:
   * receivers go on trying as well.
   *
   * @throws ServiceBusConfigurationError where declarations contradict each other, `verify` finds something, or a
   *   namespace may not be looked at
   */
  async run(): Promise<void> {
    this.checkDeclared();
    if (this.isWanted) await (this.running ??= this.provisionAll());
  }

  /** Asks nobody: what two places want of one entity is wrong whoever makes it. */
  private checkDeclared(): void {
    this.declarations.declare();
    for (const { name } of this.namespaces) {
      const parts = this.partsOf(name);
      if (declaresEntities(parts)) wantedTopology(parts);
    }
  }

  private partsOf(connection: string | undefined): ApplicationParts {
    const { modules, bindings, contracts } = this;
    return partsOf({ modules, bindings, contracts }, connection);
  }

  private get wanted(): ServiceBusNamespace[] {
    return [...this.namespaces].filter(({ options }) => (options.provision ?? 'none') !== 'none');
  }

  private async provisionAll(): Promise<void> {
    const problems: string[] = [];
    const provisioned = this.wanted.map((namespace) =>
      this.provision(namespace).catch((error: unknown) => {
        if (!(error instanceof ServiceBusConfigurationError)) throw error;
        problems.push(...error.problems);
      }),
    );
    await Promise.all(provisioned);
    if (problems.length > 0) throw new ServiceBusConfigurationError(problems);
  }

  private async provision({ name, options, administrationClient }: ServiceBusNamespace): Promise<void> {
    const administration = new NamespaceAdministration(administrationClient, namespaceHost(options));
    const desired = wantedTopology(this.partsOf(name));
    const place = `provision${name === undefined ? '' : ` of ${nameConnection(name)}`}`;
    try {
      if (options.provision === 'create') await this.create(place, administration, desired);
      else await this.verify(`${place} "verify"`, administration, desired);
    } catch (error) {
      if (!(error instanceof TopologyError)) throw error;
      if (error.reason !== 'unreachable')
        throw new ServiceBusConfigurationError([`${place}: ${error.message}`]);
      this.logger.warn(`${place}: ${error.message}`);
    }
  }

  private async create(
    place: string,
    administration: NamespaceAdministration,
    desired: Topology,
  ): Promise<void> {
    const performed = (change: Change): void => this.logger.log(`${place}: ${describeChange(change)}`);
    const { left } = await applyTopology(administration, desired, { onlyCreate: true, performed });
    // Receivers say it, too; here it is told once, and before they begin.
    for (const change of left.filter((one) => !isPossible(one))) {
      this.logger.warn(`${place}: ${describeChange(change)}: ${remedyFor(change)}`);
    }
  }

  private async verify(
    place: string,
    administration: NamespaceAdministration,
    desired: Topology,
  ): Promise<void> {
    const plan = planTopology(desired, await administration.read(desired));
    if (plan.length === 0) return;
    throw new ServiceBusConfigurationError(
      plan.map((change) => `${place}: ${describeChange(change)}: ${remedyFor(change)}`),
    );
  }
}
