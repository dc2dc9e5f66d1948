import { type ServiceBusAdministrationClient, type ServiceBusClient } from '@azure/service-bus';
import { type InjectionToken, Logger } from '@nestjs/common';

import { type BindingRegistry } from './binding/binding-registry.js';
import { connectionNameProblem, nameConnection } from './binding/connection-name.js';
import { hostOf } from './client/client-entities.js';
import { type ContractRegistry } from './contract/contract-registry.js';
import { ServiceBusPublisher } from './contract/service-bus.publisher.js';
import { ServiceBusConfigurationError } from './exceptions/service-bus-configuration.error.js';
import { NamespaceProbe } from './health/namespace-probe.js';
import { KeyedConnections } from './injection/keyed-connections.js';
import { ReceiverPool } from './injection/receiver-pool.js';
import { tokenOf } from './injection/injection-tokens.js';
import { closeClient, ServiceBusConnection } from './sdk/index.js';
import { ForeignSenders } from './send/foreign-senders.js';
import { SenderPool } from './send/sender-pool.js';
import {
  moduleOptionsProblems,
  publisherSettings,
  usedReplyQueue,
  type ServiceBusModuleOptions,
} from './service-bus-options.js';
import { Telemetry } from './telemetry/telemetry.js';
import { UnfailingLogger } from './unfailing-logger.js';

/** What a namespace is opened with. */
export interface NamespaceSource {
  /** The `name` of `forRoot`; undefined for the connection without one. */
  readonly name: string | undefined;
  readonly options: ServiceBusModuleOptions;
  readonly bindings: BindingRegistry;
  readonly contracts: ContractRegistry;
  /** In the log. */
  readonly serverLogContext: string;
}

interface Parts {
  readonly client: ServiceBusClient;
  readonly senders: SenderPool;
  readonly foreignSenders: ForeignSenders;
  readonly keyed: KeyedConnections;
  readonly receivers: ReceiverPool;
  readonly publisher: ServiceBusPublisher;
}

/** What one `forRoot` opens: a namespace's clients, senders and receivers. None of them connects before it is used. */
export class ServiceBusNamespace {
  readonly administrationClient: ServiceBusAdministrationClient;
  readonly client: ServiceBusClient;
  /** Of shared senders, which travel as batches. */
  readonly senders: SenderPool;
  /** For destinations that messages name. */
  readonly foreignSenders: ForeignSenders;
  readonly keyed: KeyedConnections;
  readonly receivers: ReceiverPool;
  readonly publisher: ServiceBusPublisher;
  readonly probe: NamespaceProbe;

  private constructor(
    /** Undefined for the connection without one. */
    readonly name: string | undefined,
    readonly options: ServiceBusModuleOptions,
    readonly connection: ServiceBusConnection,
    readonly telemetry: Telemetry,
    parts: Parts,
  ) {
    this.administrationClient = connection.createAdministrationClient();
    this.client = parts.client;
    this.senders = parts.senders;
    this.foreignSenders = parts.foreignSenders;
    this.keyed = parts.keyed;
    this.receivers = parts.receivers;
    this.publisher = parts.publisher;
    this.probe = new NamespaceProbe(this.client);
  }

  /** Throws a ServiceBusConfigurationError with all that is wrong with the options. */
  static async open({
    name,
    options,
    bindings,
    contracts,
    serverLogContext,
  }: NamespaceSource): Promise<ServiceBusNamespace> {
    await check(name, options, bindings);
    bindings.connect(name, {
      prefix: options.entityPrefix ?? '',
      namespace: hostOf(options),
      replyQueue: usedReplyQueue(options),
      wire: options,
    });
    const connection = await ServiceBusConnection.create(options);
    warn(name, options, connection);
    const telemetry = await Telemetry.find(options, new UnfailingLogger(serverLogContext), name);
    // Of shared senders and injected receivers, which decide themselves when to try again.
    const once = connection.createClientOfOneTry();
    const { retrying } = connection;
    const senders = new SenderPool(once, telemetry, retrying);
    return new ServiceBusNamespace(name, options, connection, telemetry, {
      client: connection.createClient(),
      senders,
      foreignSenders: new ForeignSenders(once, telemetry.foreign, retrying),
      keyed: new KeyedConnections(connection, telemetry),
      receivers: new ReceiverPool(once, retrying),
      publisher: await ServiceBusPublisher.open(senders, contracts, publisherSettings(options), name),
    });
  }

  /** Waits for pending sends, then closes everything; each step has a deadline. */
  async close(): Promise<void> {
    await Promise.all([
      this.publisher.close(),
      this.receivers.close(),
      closeClient(this.client),
      this.keyed.close(),
      Promise.all([this.foreignSenders.finish(), this.senders.finish()]).then(() =>
        this.senders.closeWithClient(),
      ),
    ]);
  }
}

/** The token of the namespace of a connection. */
export function getNamespaceToken(connection?: string): InjectionToken<ServiceBusNamespace> {
  return tokenOf<ServiceBusNamespace>(ServiceBusNamespace, 'ServiceBusNamespace', connection);
}

async function check(
  name: string | undefined,
  options: ServiceBusModuleOptions,
  bindings: BindingRegistry,
): Promise<void> {
  const wrongName = connectionNameProblem(name);
  const problems = [
    ...(wrongName === undefined ? [] : [`ServiceBusModule: name ${wrongName}`]),
    ...moduleOptionsProblems(options, name),
  ];
  if (problems.length === 0) return;
  // A turn of the event loop lets the features declare their bindings: the error tells of them, too.
  await new Promise((resolve) => setImmediate(resolve));
  throw new ServiceBusConfigurationError([...problems, ...bindings.problems]);
}

function warn(
  name: string | undefined,
  { fastLane }: ServiceBusModuleOptions,
  connection: ServiceBusConnection,
): void {
  const logger = new Logger('ServiceBusModule');
  for (const warning of connection.warnings) logger.warn(warning);
  if (fastLane !== false) return;
  const where = name === undefined ? '' : ` for ${nameConnection(name)}`;
  logger.log(`fast lane off${where}: the option fastLane is false`);
}
