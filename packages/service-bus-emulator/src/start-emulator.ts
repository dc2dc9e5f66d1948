import { randomBytes, randomUUID } from 'node:crypto';

import { acceptedMessage } from './accepted-message.js';
import { AmqpService } from './amqp/connection/amqp-service.js';
import { Authorizer } from './amqp/authorization/authorizer.js';
import { Keys } from './amqp/authorization/keys.js';
import { creditsOf } from './amqp/credits.js';
import { LockTokens } from './amqp/codec/delivery/lock-token.js';
import { type AmqpContext } from './amqp/context.js';
import { Faults } from './amqp/faults/faults.js';
import { AdministrationService } from './administration/administration-service.js';
import { type AuthorizeRequest } from './administration/assert-authorized.js';
import { createAdministration } from './administration/create-administration.js';
import { refuseForeignPages } from './administration/refuse-foreign-pages.js';
import { type ManualClock } from './clock/manual-clock.js';
import { SystemClock } from './clock/system-clock.js';
import { createEntities } from './create-entities.js';
import { Emulator } from './emulator.js';
import { type EmulatorOptions } from './emulator-options.js';
import { Broker } from './model/namespace/broker.js';
import { Namespace } from './model/namespace/namespace.js';
import { restoreNamespace } from './model/namespace/restore-namespace.js';
import { openStore, type Store } from './store/open-store.js';
import { openPorts, type PortOptions } from './server/open-ports.js';
import { provideCertificate } from './server/tls.js';
import { acceptWebSockets } from './server/web-sockets.js';

const KEY_NAME = 'RootManageSharedAccessKey';
// The key of Microsoft's emulator, so that a connection string works for both.
const KEY = 'SAS_KEY_VALUE';
const ROOT = { keyName: KEY_NAME, primaryKey: KEY, rights: ['Manage', 'Send', 'Listen'] };
const SAS_TOKEN = 'servicebus.windows.net:sastoken';
const GIBIBYTE = 1024 ** 3;
// [Service Bus throttling, Standard tier]
const CREDITS_PER_SECOND = 1_000;

/**
 * Starts a Service Bus in this process and resolves when it accepts connections.
 * Rejects with the system's error (`EADDRINUSE`) if a port is taken, with a StoreError if the data directory cannot be
 * used, and with a TlsError if TLS cannot be served.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { host = '127.0.0.1', handshakeTimeoutMs = 10_000, maxConnections = 1_000 } = options;
  const tls = await prepareTls(options.tls, host);
  const store =
    options.dataDirectory === undefined ? undefined : await openStore(options.dataDirectory, crash);
  const context = createContext(options, await openBroker(options, store));
  const amqp = new AmqpService(context, {
    maxConnections,
    maxLinks: options.maxLinks ?? 5_000,
    handshakeTimeoutMs,
  });
  const startedAtMs = context.clock.now();
  const administration = new AdministrationService(() => {
    const refuse = refuseForeignPages([host, ...(options.allowedHosts ?? [])]);
    const authorize = authorizeBy(context.authorizer);
    const server = createAdministration(context.broker, authorize, refuse, handshakeTimeoutMs, startedAtMs);
    acceptWebSockets(server, refuse, (stream) => amqp.accept(stream));
    return server;
  });
  const { port = 5672, administrationPort = 5300 } = options;
  const ports = await openPorts(
    { host, amqp: port, http: administrationPort, tls, maxConnections, handshakeTimeoutMs },
    {
      amqp: (socket) => amqp.accept(socket),
      http: (socket) => administration.accept(socket),
    },
  ).catch(async (error: unknown) => {
    await store?.close();
    throw error;
  });
  return new Emulator({
    context,
    amqp,
    administration,
    ports,
    host: hostForClients(host),
    certificate: tls?.certificate.certificate,
    keyName: KEY_NAME,
    key: KEY,
    entities: options.entities,
    store,
  });
}

async function prepareTls(tls: EmulatorOptions['tls'], host: string): Promise<PortOptions['tls']> {
  if (tls === undefined || tls === false) return undefined;
  const options = tls === true ? {} : tls;
  return { port: options.port ?? 5671, certificate: await provideCertificate(options, host) };
}

/** What clients on this machine connect to: an address that stands for all of them is none. */
function hostForClients(host: string): string {
  if (host === 'localhost') return '127.0.0.1';
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

/** Creates a broker, restores the store's entities and messages, and creates declared entities that are missing. */
async function openBroker(options: EmulatorOptions, store: Store | undefined): Promise<Broker> {
  const { clock = new SystemClock(), tier = 'standard' } = options;
  const namespace = new Namespace({
    maxStoredBytes: options.maxStoredBytes ?? 4 * GIBIBYTE,
    newId: randomUUID,
    tier,
    creditsPerSecond: options.throttling && tier === 'standard' ? CREDITS_PER_SECOND : undefined,
    ...(store && { journal: store.journal }),
  });
  try {
    if (store) restoreNamespace(namespace, clock.now(), store.takeRecords());
    createEntities(namespace, clock.now(), options.entities ?? {});
  } catch (error) {
    await store?.close();
    throw error;
  }
  return new Broker(namespace, clock, undefined, store?.whenDurable);
}

function createContext(options: EmulatorOptions, broker: Broker): AmqpContext {
  const clock = broker.clock as ManualClock | SystemClock;
  return {
    broker,
    clock,
    authorizer: new Authorizer({
      keys: new Keys([ROOT, ...(options.authorizationRules ?? [])], broker.namespace),
      acceptAnyToken: options.acceptAnyToken ?? false,
    }),
    lockTokens: new LockTokens(randomBytes(8)),
    faults: new Faults((milliseconds, action) => clock.delay(milliseconds, action)),
    newMessageId: randomUUID,
    locksEndWithLink: options.locksEndWithLink ?? false,
    credits: creditsOf(broker),
    endsIdle: options.endsIdle ?? true,
    peeksShowLocks: options.peeksShowLocks ?? false,
    whenDurable: broker.whenDurable,
    accepted: tellAccepted(options.accepted),
  };
}

function authorizeBy(authorizer: Authorizer): AuthorizeRequest {
  return (token, url) => {
    // Clients create their tokens by the time of day, whatever the emulator's clock says.
    const claim = authorizer.verify(token, SAS_TOKEN, url, Date.now());
    authorizer.authorize([claim], url, ['Manage'], Date.now());
  };
}

function tellAccepted(tell: EmulatorOptions['accepted']): AmqpContext['accepted'] {
  if (!tell) return () => undefined;
  return (entity, contents) => {
    try {
      for (const content of contents) tell(acceptedMessage(entity, content));
    } catch (error) {
      // The messages are stored: it is not their sender who has to know.
      crash(error);
    }
  };
}

// A failing disk must not go unnoticed: what cannot be written is never acknowledged.
function crash(error: unknown): void {
  process.nextTick(() => {
    throw error;
  });
}
