import { readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { describeApplication, type Topology } from 'nestjs-service-bus';
import { parse } from 'yaml';

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
import { apps, queues } from './azure-files.js';

// Nobody listens there: nothing of this asks a broker.
const NOWHERE =
  'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=n;SharedAccessKey=s;UseDevelopmentEmulator=true;';

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

describe('what the code declares is what is deployed', () => {
  const everything = describeService({});
  // One queue for both ways, as the documentation shows it.
  const plain = describeService({
    APPS: 'relay',
    RELAY_IN_QUEUE: 'PyconLabQueue',
    RELAY_OUT_QUEUE: 'PyconLabQueue',
  });
  const all = async (): Promise<Topology> => ({
    entities: [...(await everything).topology.entities, ...(await plain).topology.entities],
  });
  const byName = (one: { name: string }, other: { name: string }): number => (one.name < other.name ? -1 : 1);

  it('the queues of Bicep', async () => {
    const declared = ours(await all(), 'queue').map((queue) => ({
      name: ownName(queue),
      properties: armProperties(queue.settings),
    }));
    expect(declared.sort(byName)).toEqual([...queues].sort(byName));
  });

  it('the queues of Config.json, within what Microsoft’s emulator takes', async () => {
    type Config = {
      UserConfig: { Namespaces: { Name: string; Queues: { Name: string }[]; Topics: unknown[] }[] };
    };
    const sorted = (config: Config): object => {
      const [namespace] = config.UserConfig.Namespaces;
      const inOrder = [...(namespace?.Queues ?? [])].sort((a, b) => (a.Name < b.Name ? -1 : 1));
      return { ...config.UserConfig, Namespaces: [{ ...namespace, Queues: inOrder }] };
    };
    const file = JSON.parse(readFileSync('Config.json', 'utf8')) as Config;
    expect(sorted(toConfigJson(await all()) as Config)).toEqual(sorted(file));
  });

  it.each(APPS)('the rights of %s, and what it scales on', async (name) => {
    const { access } = await describeService({ APPS: name });
    const settings = apps.find((app) => app.name === name);
    expect({
      receivesFrom: access.receivesFrom.map((entity) => entity.join('/')).sort(),
      sendsTo: [...access.sendsTo].sort(),
      scalesOn: access.scalesOn.map(({ path: entity }) => entity.join('/')),
    }).toEqual({
      receivesFrom: [...(settings?.receivesFrom ?? [])].sort(),
      sendsTo: [...(settings?.sendsTo ?? [])].sort(),
      scalesOn: [settings?.scalesOn],
    });
    const file = path.join('deploy', 'kubernetes', 'base', name, 'scaled-object.yaml');
    const { minReplicas, maxReplicas } = settings ?? {};
    const options = { deployment: name, namespace: 'set-by-the-overlay', minReplicas, maxReplicas };
    const deployed = parse(readFileSync(file, 'utf8')) as { spec: { triggers: { type: string }[] } };
    // What has an HTTP API scales on its processor as well, of which bindings know nothing.
    const triggers = deployed.spec.triggers.filter(({ type }) => type === 'azure-servicebus');
    const scaled = toScaledObject(access, options);
    expect(scaled).toEqual({ ...deployed, spec: { ...deployed.spec, triggers } });
  });
});
