import { ModuleRef, ModulesContainer } from '@nestjs/core';
import { Injectable } from '@nestjs/common';

import { BindingRegistry } from '../binding/binding-registry.js';
import { type DeclaredDestination } from '../binding/entity-options.js';
import { type ProviderLookup } from '../binding/handler-declaration.js';
import { controllerHandlers } from '../binding/handlers.js';
import { parsePattern } from '../binding/pattern.js';
import { ServiceBusConfigurationError } from '../exceptions/service-bus-configuration.error.js';
import { type Contract } from './contract.js';
import { handledContract, publishedContracts, publishersOf } from './contract-marks.js';
import { describePayload } from './payload-type.js';
import { type PayloadValidator } from './payload-validator.js';
import { resolveDestination } from './resolve-destination.js';

/** A contract and who uses it, as the application's decorators say. */
export interface ContractUse {
  /** As it was declared. */
  readonly contract: Contract;
  /** Classes with `@Publishes`. */
  readonly publishers: readonly string[];
  /** Methods with `@Handles`, as `Class.method`. */
  readonly handlers: readonly string[];
}

/** What there is to tell of a contract. */
export interface DescribedContract {
  /** The contract's name. */
  readonly name: string;
  /** The subject of its messages, which picks their handler. */
  readonly subject: string;
  /** The class of its payload: `OrderDto`, `OrderDto[]`, `string`. */
  readonly payload: string;
  /** The class of the answer; undefined where there is none. */
  readonly result: string | undefined;
  /** The queue or topic; undefined where calls of `publish` name it. */
  readonly destination: string | undefined;
  /** What that is like; undefined where the contract says nothing of it. */
  readonly entity: DeclaredDestination | undefined;
  /** Classes with `@Publishes`. */
  readonly publishers: readonly string[];
  /** Methods with `@Handles`, as `Class.method`. */
  readonly handlers: readonly string[];
}

/** The contracts of an application. Works before the application is initialised, and needs no broker. */
@Injectable()
export class ContractRegistry {
  private readonly published = new Map<string, Contract>();
  private declared?: readonly ContractUse[];

  /** @internal */
  constructor(
    private readonly modules: ModulesContainer,
    private readonly moduleRef: ModuleRef,
    private readonly bindings: BindingRegistry,
  ) {}

  /** What describes the application prints this: the contracts whose messages come from or go to this connection. */
  contracts(connection?: string): DescribedContract[] {
    return this.usesOf(connection).map(({ contract, publishers, handlers }) => ({
      name: contract.name,
      subject: contract.subject,
      payload: describePayload(contract.payload),
      result: contract.result && describePayload(contract.result),
      destination: this.destinationOf(contract, connection),
      entity: contract.entity && this.bindings.prefixedOptions(contract.entity, connection),
      publishers,
      handlers,
    }));
  }

  /** The contracts that decorators name, in the order of their names. */
  uses(): readonly ContractUse[] {
    const isUsed = (): boolean => true;
    return (this.declared ??= findUses(this.modules, { publishes: isUsed, handles: isUsed }));
  }

  /** The same, of those who publish to this connection, or whose binding reads from it. */
  usesOf(connection: string | undefined): readonly ContractUse[] {
    return findUses(this.modules, {
      publishes: (owner) => publishersOf(owner).includes(connection),
      handles: (patterns) =>
        patterns.some((one) => this.bindings.find(parsePattern(one).binding)?.connection === connection),
    });
  }

  /** The queue or topic of a contract. Throws a ServiceBusConfigurationError when it cannot be found. */
  destinationOf(contract: Contract, connection?: string): string | undefined {
    const destination = resolveDestination(contract, this.lookUp);
    return destination === undefined ? undefined : this.prefixed(destination, connection);
  }

  /** What the application calls an entity may be a part of its name. */
  prefixed(entity: string, connection?: string): string {
    return this.bindings.prefixed(entity, connection);
  }

  /** Throws a ServiceBusConfigurationError for a contract whose name another one has. */
  checkPublished(contract: Contract): void {
    const known = this.published.get(contract.name);
    if (known === contract) return;
    const other = known ?? this.uses().find((use) => use.contract.name === contract.name)?.contract;
    if (other && other !== contract) {
      throw new ServiceBusConfigurationError([sharedName(contract.name, ['the one that is published now'])]);
    }
    this.published.set(contract.name, contract);
  }

  /** What is wrong with the contracts that decorators name, one line each. */
  problems(validator?: PayloadValidator): string[] {
    const uses = this.uses();
    const names = new Set(uses.map(({ contract }) => contract.name));
    return [
      ...[...names].flatMap((name) => sharedNameProblems(uses, name)),
      ...uses.flatMap(({ contract }) => [
        ...this.destinationProblems(contract),
        ...(validator ? ruleProblems(contract, validator) : []),
      ]),
    ];
  }

  private destinationProblems(contract: Contract): readonly string[] {
    try {
      this.destinationOf(contract);
      return [];
    } catch (error) {
      if (error instanceof ServiceBusConfigurationError) return error.problems;
      throw error;
    }
  }

  private readonly lookUp: ProviderLookup = (token) => this.moduleRef.get(token as symbol, { strict: false });
}

/** What is wrong where payloads are to be validated, and there is nothing to do it by. */
export function ruleProblems(
  { name, payload, result, validate }: Contract,
  validator: PayloadValidator,
): string[] {
  if (!validate) return [];
  return [payload, result]
    .filter((type) => type !== undefined)
    .filter((type) => !validator.hasRules(type))
    .map(
      (type) =>
        `contract "${name}": ${describePayload(type)} has no decorators of class-validator: ` +
        'decorate its properties, or let it leave unvalidated with { validate: false }',
    );
}

interface UseFilter {
  readonly publishes: (owner: object) => boolean;
  readonly handles: (patterns: readonly unknown[]) => boolean;
}

function findUses(modules: ModulesContainer, { publishes, handles }: UseFilter): ContractUse[] {
  const uses = new Map<Contract, { publishers: Set<string>; handlers: Set<string> }>();
  const useOf = (contract: Contract): { publishers: Set<string>; handlers: Set<string> } => {
    const use = uses.get(contract) ?? { publishers: new Set(), handlers: new Set() };
    uses.set(contract, use);
    return use;
  };
  for (const { run, name, patterns } of controllerHandlers(modules)) {
    const contract = handledContract(run);
    if (contract && handles(patterns)) useOf(contract).handlers.add(name);
  }
  for (const module of modules.values()) {
    for (const { metatype } of [...module.providers.values(), ...module.controllers.values()]) {
      if (typeof metatype !== 'function' || !publishes(metatype)) continue;
      for (const contract of publishedContracts(metatype)) useOf(contract).publishers.add(metatype.name);
    }
  }
  return [...uses]
    .map(([contract, { publishers, handlers }]) => ({
      contract,
      publishers: [...publishers],
      handlers: [...handlers],
    }))
    .sort((a, b) => a.contract.name.localeCompare(b.contract.name, 'en'));
}

function sharedNameProblems(uses: readonly ContractUse[], name: string): string[] {
  const sharing = uses.filter(({ contract }) => contract.name === name);
  if (sharing.length < 2) return [];
  const users = sharing.map(({ publishers, handlers }) => [...handlers, ...publishers].join(' and '));
  return [sharedName(name, users)];
}

function sharedName(name: string, users: readonly string[]): string {
  return (
    `two contracts are named "${name}" (${users.join('; ')}): ` +
    'export one and import it in both places, or give one of them another name'
  );
}
