import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { readConfiguration, variableNames } from '../../src/config/index.js';
import { DEFAULT_DRAIN_TIMEOUT_MS } from '../../packages/nestjs-service-bus/src/service-bus-options.js';
import { apps, readText } from './azure-files.js';
import { readManifests } from './manifests.js';

const manifests = readManifests(path.join('deploy', 'kubernetes', 'overlays', 'azure'));
const defaults = readConfiguration({});

describe('the container app', () => {
  const text = readText('container-app.bicep');

  it.each([
    ['an app with ingress', 'relay', { kind: 'required' }, 1, 'HTTP_AUTH'],
    ['an app without', 'counter', { kind: 'none' }, 0, 'HTTP_API_KEYS'],
  ] as const)(
    'gives %s an environment that it starts with',
    (_what, app, authentication, trustProxy, left) => {
      const variables = [...text.matchAll(/name: '([A-Z_]+)', (?:value|secretRef): ([^}]*) }/g)];
      const values: Record<string, string> = {
        app,
        serviceBusNamespace: 'name.servicebus.windows.net',
        "'http-api-keys'": 'ops:operate:0123456789abcdef',
        'identity.properties.clientId': '00000000-0000-0000-0000-000000000001',
        "settings.ingress ? '1' : '0'": String(trustProxy),
      };
      const environment = Object.fromEntries(
        variables.map(([, name, value = '']) => [name, values[value] ?? value.replaceAll("'", '')]),
      ) as Record<string, string>;
      // Of the two, the other one is there.
      expect(text).toContain(
        "settings.ingress ? { name: 'HTTP_API_KEYS', secretRef: 'http-api-keys' } : { name: 'HTTP_AUTH', value: 'none' }",
      );
      delete environment[left];
      expect(readConfiguration(environment)).toMatchObject({
        production: true,
        apps: [app],
        broker: { kind: 'namespace', fullyQualifiedNamespace: 'name.servicebus.windows.net' },
        http: { host: '0.0.0.0', trustProxy, authentication },
      });
      const unread = Object.keys(environment).filter((name) => !variableNames().has(name));
      // Read by @azure/identity.
      expect(unread).toEqual(['AZURE_CLIENT_ID']);
    },
  );

  it('is asked for health, and called, on the port that the service listens on', () => {
    const ports = [...text.matchAll(/(?:targetPort|port): (\d+)/g)].map(([, port]) => Number(port));
    expect(ports).toEqual([1, 2, 3, 4].map(() => defaults.http.port));
    const paths = [...text.matchAll(/path: '([^']+)'/g)].map(([, name]) => name);
    expect(paths).toEqual(['/health/live', '/health/live', '/health/ready']);
  });

  it('has more time to stop than a drain may take', () => {
    const [, seconds] = /terminationGracePeriodSeconds: (\d+)/.exec(text) ?? [];
    expect(1_000 * Number(seconds)).toBeGreaterThan(DEFAULT_DRAIN_TIMEOUT_MS + 15_000);
  });

  it('scales by as many messages as in Kubernetes', () => {
    const counts = manifests('ScaledObject').map(
      ({ metadata, spec }) => [metadata.name, spec.triggers[0]?.metadata['messageCount']] as const,
    );
    const settings = apps.map((app) => [app.name, String(app.messagesPerReplica)] as const);
    expect(Object.fromEntries(counts)).toEqual(Object.fromEntries(settings));
    expect(text).toContain('messageCount: string(settings.messagesPerReplica)');
  });

  it('keeps the identities of the platform from the code in the container', () => {
    for (const identity of ['scaler', 'puller']) {
      expect(text).toContain(`{ identity: ${identity}.id, lifecycle: 'None' }`);
    }
  });
});
