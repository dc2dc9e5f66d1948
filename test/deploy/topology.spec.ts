import { readFileSync } from 'node:fs';
import path from 'node:path';

import { beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

import { toScaledObject } from '../../packages/nestjs-service-bus/src/topology/export/keda.js';
import { APPS } from '../../src/config/index.js';
import { apps, queues } from './azure-files.js';
import { type ConfigJson, type DeclaredDeployment, declaredDeployment } from './declared-deployment.js';

// Where one of these differs, `npm run export:deploy` writes what the code declares.
describe('what the code declares is what is deployed', () => {
  let declared: DeclaredDeployment;
  beforeAll(async () => {
    declared = await declaredDeployment();
  });
  const byName = (one: { name: string }, other: { name: string }): number => (one.name < other.name ? -1 : 1);

  it('the queues of Bicep', () => {
    expect([...declared.queues].sort(byName)).toEqual([...queues].sort(byName));
  });

  it('the queues of Config.json, within what Microsoft’s emulator takes', () => {
    const sorted = (config: ConfigJson): object => {
      const [namespace] = config.UserConfig.Namespaces;
      const inOrder = [...(namespace?.Queues ?? [])].sort((a, b) => (a.Name < b.Name ? -1 : 1));
      return { ...config.UserConfig, Namespaces: [{ ...namespace, Queues: inOrder }] };
    };
    const file = JSON.parse(readFileSync('Config.json', 'utf8')) as ConfigJson;
    expect(sorted(declared.config)).toEqual(sorted(file));
  });

  it.each(APPS)('the rights of %s, and what it scales on', (name) => {
    const wanted = declared.apps.find((app) => app.name === name);
    const settings = apps.find((app) => app.name === name);
    if (!wanted || !settings) throw new Error(`${name} is not in deploy/azure/apps.json`);
    const { access, receivesFrom, sendsTo, scalesOn, messagesPerReplica } = wanted;
    expect({
      receivesFrom: [...receivesFrom].sort(),
      sendsTo: [...sendsTo].sort(),
      scalesOn,
      messagesPerReplica,
    }).toEqual({
      receivesFrom: [...settings.receivesFrom].sort(),
      sendsTo: [...settings.sendsTo].sort(),
      scalesOn: settings.scalesOn,
      messagesPerReplica: settings.messagesPerReplica,
    });
    const file = path.join('deploy', 'kubernetes', 'base', name, 'scaled-object.yaml');
    const { minReplicas, maxReplicas } = settings;
    const options = { deployment: name, namespace: 'set-by-the-overlay', minReplicas, maxReplicas };
    const deployed = parse(readFileSync(file, 'utf8')) as { spec: { triggers: { type: string }[] } };
    // What has an HTTP API scales on its processor as well, of which bindings know nothing.
    const triggers = deployed.spec.triggers.filter(({ type }) => type === 'azure-servicebus');
    const scaled = toScaledObject(access, options);
    expect(scaled).toEqual({ ...deployed, spec: { ...deployed.spec, triggers } });
  });
});
