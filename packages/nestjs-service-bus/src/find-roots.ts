import { type ModulesContainer } from '@nestjs/core';

import { nameConnection } from './binding/connection-name.js';
import { namespaceHost, type ServiceBusModuleOptions } from './service-bus-options.js';

/** In each module that `ServiceBusModule.forRoot` makes: which one it is. */
export const ROOT_MARK = Symbol('ServiceBusModule.forRoot');

/** What a module says of itself under `ROOT_MARK`. */
export interface RootMark {
  /** Undefined for the connection without one. */
  readonly name: string | undefined;
  /** Of its options. */
  readonly optionsToken: string | symbol;
}

/** A `forRoot` or `forRootAsync` that the application imports. */
export interface Root {
  /** Undefined for the connection without one. */
  readonly name: string | undefined;
  /** Undefined as long as nobody has made them. */
  readonly options: ServiceBusModuleOptions | undefined;
}

/** Every import of `ServiceBusModule.forRoot` or `forRootAsync`. */
export function findRoots(modules: ModulesContainer): Root[] {
  return [...modules.values()].flatMap(({ providers }) => {
    const mark = providers.get(ROOT_MARK)?.instance as RootMark | undefined;
    if (!mark) return [];
    const options = providers.get(mark.optionsToken)?.instance as ServiceBusModuleOptions | undefined;
    return [{ name: mark.name, options }];
  });
}

/** Which of two a feature would get, Nest decides by the order of imports. */
export function secondRootProblems(modules: ModulesContainer): string[] {
  const roots = findRoots(modules);
  return [...new Set(roots.map(({ name }) => name))].flatMap((name) => {
    const same = roots.filter((root) => root.name === name);
    if (same.length < 2) return [];
    const hosts = same.map(({ options }) => namespaceHost(options)).join(' and ');
    const what = name === undefined ? '' : ` for ${nameConnection(name)}`;
    const other = name === undefined ? 'a name' : 'a name of its own';
    return [
      `ServiceBusModule.forRoot is imported ${same.length} times${what}, for ${hosts}: ` +
        `keep the one in the root module, features use forFeature; a second namespace has ${other}, forRoot({ name: '…' })`,
    ];
  });
}
