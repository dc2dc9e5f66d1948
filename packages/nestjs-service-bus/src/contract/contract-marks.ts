import 'reflect-metadata';

import { type Contract } from './contract.js';

const HANDLED = 'service-bus:contract';
const PUBLISHED = 'service-bus:publishes';
const PUBLISHERS = 'service-bus:publishers';

/** Notes on a handler's method which contract it is for. */
export function markHandled(method: object, contract: Contract): void {
  Reflect.defineMetadata(HANDLED, contract, method);
}

/** The contract that a method handles. */
export function handledContract(method: object): Contract | undefined {
  return Reflect.getOwnMetadata(HANDLED, method) as Contract | undefined;
}

/** Notes on a class which contracts it publishes, besides those noted before. */
export function markPublished(owner: object, contracts: readonly Contract[]): void {
  Reflect.defineMetadata(PUBLISHED, [...publishedContracts(owner), ...contracts], owner);
}

/** The contracts that a class says it publishes, or a class that it extends. */
export function publishedContracts(owner: object): readonly Contract[] {
  return (Reflect.getMetadata(PUBLISHED, owner) as Contract[] | undefined) ?? [];
}

/** Notes on a class that it has the publisher of a connection injected; undefined for the one without a name. */
export function markPublisher(owner: object, connection: string | undefined): void {
  const known = (Reflect.getMetadata(PUBLISHERS, owner) as (string | undefined)[] | undefined) ?? [];
  Reflect.defineMetadata(PUBLISHERS, [...known, connection], owner);
}

/** The connections that a class publishes to; undefined for the one without a name, which classes need not mention. */
export function publishersOf(owner: object): readonly (string | undefined)[] {
  return (Reflect.getMetadata(PUBLISHERS, owner) as (string | undefined)[] | undefined) ?? [undefined];
}
