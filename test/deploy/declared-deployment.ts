import { NestFactory } from '@nestjs/core';
import { describeApplication, type Topology } from 'nestjs-service-bus';

import { accessOf } from '../../packages/nestjs-service-bus/src/describe/access-of.js';
import { type Access } from '../../packages/nestjs-service-bus/src/topology/export/access.js';
import {
  armProperties,
  ours,
  ownName,
} from '../../packages/nestjs-service-bus/src/topology/export/arm-properties.js';
import { toConfigJson } from '../../packages/nestjs-service-bus/src/topology/export/config-json.js';
import { toScaledObject } from '../../packages/nestjs-service-bus/src/topology/export/keda.js';
import { AppModule } from '../../src/app.module.js';
import { APPS, readConfiguration } from '../../src/config/index.js';
import { type AppSettings, type Queue } from './azure-files.js';

// Nobody listens there: nothing of this asks a broker.
const NOWHERE =
  'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=n;SharedAccessKey=s;UseDevelopmentEmulator=true;';

/** Config.json, as far as it matters here. */
export interface ConfigJson {
  readonly UserConfig: { readonly Namespaces: { Queues: { readonly Name: string }[] }[] };
}

/** An app's rights on its queues, and what it scales on. */
export interface DeclaredApp extends Omit<AppSettings, 'minReplicas' | 'maxReplicas' | 'ingress'> {
  readonly access: Access;
  /** KEDA's triggers for it. */
  readonly triggers: readonly Trigger[];
}

/** A trigger of KEDA's. */
export interface Trigger {
  readonly type: string;
  readonly metadata: { readonly messageCount: string };
}

/** What the code of the service says of its deployment. */
export interface DeclaredDeployment {
  readonly queues: readonly Queue[];
  /** Within what Microsoft's emulator takes. */
  readonly config: ConfigJson;
  readonly apps: readonly DeclaredApp[];
}

/** What the code declares cannot be deployed by what is in deploy/. */
export class DeclaredDeploymentError extends Error {
  override readonly name = 'DeclaredDeploymentError';
}

/** Asks the service's modules what they declare; nothing of them is started. */
export async function declaredDeployment(): Promise<DeclaredDeployment> {
  const everything = await describeService({});
  // One queue for both ways, as the documentation shows it.
  const plain = await describeService({
    APPS: 'relay',
    RELAY_IN_QUEUE: 'PyconLabQueue',
    RELAY_OUT_QUEUE: 'PyconLabQueue',
  });
  const topology = { entities: [...everything.topology.entities, ...plain.topology.entities] };
  const apps: DeclaredApp[] = [];
  for (const name of APPS) apps.push(rightsOf(name, (await describeService({ APPS: name })).access));
  return {
    queues: ours(topology, 'queue').map((queue) => ({
      name: ownName(queue),
      properties: armProperties(queue.settings) as unknown as Queue['properties'],
    })),
    config: toConfigJson(topology) as ConfigJson,
    apps,
  };
}

/** What the code of some features wants, with these variables. */
async function describeService(
  variables: Record<string, string>,
): Promise<{ topology: Topology; access: Access }> {
  const module = AppModule.from(readConfiguration(variables), { connectionString: NOWHERE });
  const strategy = { listen: (done: () => void) => done(), close: () => undefined };
  const app = await NestFactory.createMicroservice(module, { strategy, logger: false, abortOnError: false });
  try {
    const description = describeApplication(app);
    return { topology: description.topology, access: accessOf(description) };
  } finally {
    await app.close();
  }
}

function rightsOf(name: string, access: Access): DeclaredApp {
  const scaled = toScaledObject(access, { deployment: name, namespace: 'set-by-the-overlay' });
  const { triggers } = (scaled as { spec: { triggers: Trigger[] } }).spec;
  const sources = access.scalesOn.map(({ path }) => path.join('/'));
  const [source] = sources;
  // Container Apps' rules, and the scaler's rights, are made from this one.
  if (source === undefined || sources.length > 1 || access.receivesFrom.some(({ length }) => length > 1)) {
    throw new DeclaredDeploymentError(
      `${name} reads ${sources.join(' and ') || 'nothing'}, and deploy/ is for apps that read one queue each: ` +
        'make an app of each (npm run new:app), or see docs/new-app.md for what is not a queue',
    );
  }
  return {
    name,
    receivesFrom: access.receivesFrom.map((path) => path.join('/')),
    sendsTo: access.sendsTo,
    scalesOn: source,
    messagesPerReplica: Number(triggers[0]?.metadata.messageCount),
    access,
    triggers,
  };
}
