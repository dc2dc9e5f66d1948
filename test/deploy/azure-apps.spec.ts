import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

import { APPS, readConfiguration } from '../../src/config/index.js';
import { apps, AZURE, queues } from './azure-files.js';
import { readManifests } from './manifests.js';
import { readBicep } from './read-bicep.js';

const manifests = readManifests(path.join('deploy', 'kubernetes', 'overlays', 'azure'));
const defaults = readConfiguration({});

describe.each(APPS)('%s in Azure', (name) => {
  const { inQueue } = defaults.queues[name];
  const app = apps.find((candidate) => candidate.name === name);

  // Which ones exactly, is told in topology.spec.ts.
  it('scales on its input queue, and has rights on queues that there are', () => {
    expect(app?.scalesOn).toBe(inQueue);
    expect(app?.receivesFrom).toContain(inQueue);
    const used = [...(app?.receivesFrom ?? []), ...(app?.sendsTo ?? [])];
    expect(queues.map((queue) => queue.name)).toEqual(expect.arrayContaining(used));
  });

  it('scales as in Kubernetes', () => {
    const scaled = manifests('ScaledObject').find(({ metadata }) => metadata.name === name)?.spec;
    expect(app).toMatchObject({ minReplicas: scaled?.minReplicaCount, maxReplicas: scaled?.maxReplicaCount });
    const offered = manifests('Service').some(({ metadata }) => metadata.name === name);
    expect(app?.ingress).toBe(offered);
  });

  it('is deployed by azd with the image that azd has built for it', () => {
    const { tokens } = readBicep(path.join(AZURE, `${name}.bicepparam`));
    const strings = tokens.filter(({ kind }) => kind === 'string').map(({ text }) => text);
    expect(strings).toContain(name);
    expect(strings).toContain(`SERVICE_${name.replaceAll('-', '_').toUpperCase()}_IMAGE_NAME`);
    const outputs = readBicep(path.join(AZURE, 'main.bicep')).outputs;
    const needed = strings.filter((text) => /^(?:SERVICE_BUS|AZURE)_/.test(text));
    expect(outputs).toEqual(expect.arrayContaining(needed));
  });
});

describe('azure.yaml', () => {
  it('has a service for each app, all of the one Dockerfile', () => {
    const azure = parse(readFileSync('azure.yaml', 'utf8')) as {
      infra: { path: string; module: string };
      services: Record<string, { project: string; host: string; docker: { path: string } }>;
    };
    expect(existsSync(path.join(azure.infra.path, `${azure.infra.module}.bicep`))).toBe(true);
    expect(Object.keys(azure.services).sort()).toEqual([...APPS].sort());
    for (const { project, host, docker } of Object.values(azure.services)) {
      expect({ host, file: path.join(project, docker.path) }).toEqual({
        host: 'containerapp',
        file: 'Dockerfile',
      });
    }
  });
});
