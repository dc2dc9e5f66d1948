import 'reflect-metadata';

import { type Contract } from './contract.js';

const HANDLED = 'service-bus:contract';
const PUBLISHED = 'service-bus:publishes';

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
