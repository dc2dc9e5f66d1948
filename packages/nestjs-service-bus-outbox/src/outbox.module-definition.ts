import { ConfigurableModuleBuilder, type FactoryProvider } from '@nestjs/common';
import { getServiceBusSendersToken, ServiceBusSenders } from 'nestjs-service-bus';

import { OutboxConfigurationError } from './outbox-configuration.error.js';
import { type OutboxModuleOptions } from './outbox-options.js';

/** Beside `useFactory`, where options come from one: what is injected is decided before it runs. */
export interface OutboxModuleExtras {
  /**
   * The names of connections, as `ServiceBusModule.forRoot({ name })` gives them, that messages may name besides the one
   * without a name. Default: none.
   */
  readonly connections?: readonly string[];
}

/** The ways to send, by the names of their connections. */
export interface OutboxSenders {
  readonly unnamed: ServiceBusSenders | undefined;
  /** Undefined for one that no `forRoot` opens. */
  readonly named: ReadonlyMap<string, ServiceBusSenders | undefined>;
}

export const OUTBOX_SENDERS = Symbol('OutboxModule senders');

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<OutboxModuleOptions>({ moduleName: 'Outbox' })
    .setClassMethodName('forRoot')
    // One database serves the whole application: its features add to the outbox without importing the module.
    .setExtras<OutboxModuleExtras>({ connections: [] }, (definition, { connections = [] }) => ({
      ...definition,
      global: true,
      providers: [...(definition.providers ?? []), sendersOf(checkConnections(connections))],
    }))
    .build();

function sendersOf(connections: readonly string[]): FactoryProvider<OutboxSenders> {
  const tokens = [ServiceBusSenders, ...connections.map((name) => getServiceBusSendersToken(name))];
  return {
    provide: OUTBOX_SENDERS,
    inject: tokens.map((token) => ({ token, optional: true })),
    useFactory: (unnamed?: ServiceBusSenders, ...named: (ServiceBusSenders | undefined)[]) => ({
      unnamed,
      named: new Map(connections.map((name, at) => [name, named[at]])),
    }),
  };
}

function checkConnections(given: unknown): readonly string[] {
  if (!Array.isArray(given)) throw wrong(`connections is ${typeof given}, allowed is a list of names`);
  const names: unknown[] = given;
  for (const [at, name] of names.entries()) {
    if (typeof name !== 'string' || name.trim() === '') {
      throw wrong(`connections[${at}] is ${name === '' ? 'empty' : typeof name}, allowed is a name`);
    }
  }
  return [...new Set(names as string[])].filter((name) => name !== 'default');
}

function wrong(problem: string): OutboxConfigurationError {
  return new OutboxConfigurationError(`OutboxModule: ${problem}`);
}
