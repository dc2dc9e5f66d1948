import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { APPS, readConfiguration, variableNames } from '../../src/config/index.js';
import { HealthController } from '../../src/health/health.controller.js';
import { resolveBinding } from '../../packages/nestjs-service-bus/src/binding/resolve-binding.js';
import { DEFAULT_DRAIN_TIMEOUT_MS } from '../../packages/nestjs-service-bus/src/service-bus-options.js';
import { type Container, type Deployment, labelsOf, only, readManifests, selects } from './manifests.js';

/** What stopping takes beside the drain, with its closes and its deadline. */
const CLOSING_MS = 15_000;

const manifests = readManifests(path.join('deploy', 'kubernetes', 'overlays', 'azure'));
const deployments = manifests('Deployment');
const defaults = readConfiguration({});

describe.each(APPS)('the Deployment of %s', (app) => {
  const deployment = only(deployments, app);
  const container = onlyContainer(deployment);
  const isCalled = manifests('Service').some(({ metadata }) => metadata.name === app);
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'api-keys-'));
    writeFileSync(path.join(folder, 'keys'), 'ops:operate:0123456789abcdef\n');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('gives the service an environment that it starts with', () => {
    const file = isCalled && { HTTP_API_KEYS_FILE: path.join(folder, 'keys') };
    expect(readConfiguration({ ...variables(container), ...file })).toMatchObject({
      production: true,
      apps: [app],
      broker: { kind: 'namespace', fullyQualifiedNamespace: 'name.servicebus.windows.net' },
      http: { host: '0.0.0.0', authentication: { kind: isCalled ? 'required' : 'none' } },
    });
  });

  it('sets only what the service reads', () => {
    expect(Object.keys(variables(container)).filter((name) => !variableNames().has(name))).toEqual([]);
  });

  it('has API keys where somebody calls it, mounted where the service looks for them', () => {
    const { volumes = [] } = deployment.spec.template.spec;
    const [mount] = container.volumeMounts ?? [];
    if (!isCalled) return expect({ volumes, mount }).toEqual({ volumes: [], mount: undefined });
    expect(variables(container)['HTTP_API_KEYS_FILE']).toBe(`${mount?.mountPath}/keys`);
    expect(volumes.find(({ name }) => name === mount?.name)?.secret.secretName).toBe('http-api-keys');
  });

  it('asks for health where the service answers, on the port that it listens on', () => {
    const { startupProbe, livenessProbe, readinessProbe } = container;
    const probes = [startupProbe, livenessProbe, readinessProbe].map(({ httpGet }) => httpGet);
    expect(container.ports).toEqual([{ name: 'http', containerPort: defaults.http.port }]);
    expect(probes).toEqual(
      ['live', 'live', 'ready'].map((name) => ({ path: `/health/${name}`, port: 'http' })),
    );
    expect(healthPaths()).toEqual(expect.arrayContaining(probes.map((probe) => probe.path)));
  });

  it('leaves more time to stop than a drain may take', () => {
    const waitMs = 1_000 * (container.lifecycle?.preStop.sleep.seconds ?? 0);
    const graceMs = 1_000 * deployment.spec.template.spec.terminationGracePeriodSeconds;
    expect(graceMs).toBeGreaterThan(waitMs + DEFAULT_DRAIN_TIMEOUT_MS + CLOSING_MS);
  });

  it('runs with no more rights than it needs', () => {
    expect(deployment.spec.template.spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(container).toMatchObject({
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
    });
  });

  it('has a share of the machine, and no limit that would make it late with its locks', () => {
    expect(Object.keys(container.resources.requests)).toEqual(['cpu', 'memory']);
    expect(Object.keys(container.resources.limits)).toEqual(['memory']);
  });

  it('signs in as an identity of its own', () => {
    const { metadata, spec } = deployment.spec.template;
    const account = only(manifests('ServiceAccount'), spec.serviceAccountName);
    expect(account.metadata.name).toBe(app);
    expect(metadata.labels['azure.workload.identity/use']).toBe('true');
    expect(account.metadata.annotations?.['azure.workload.identity/client-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is found by its own selectors, and by none of the others', () => {
    const own = deployment.spec.selector.matchLabels;
    expect(selects(own, labelsOf(deployment))).toBe(true);
    expect(deployments.filter((other) => selects(own, labelsOf(other)))).toEqual([deployment]);
    for (const constraint of deployment.spec.template.spec.topologySpreadConstraints) {
      expect(constraint.labelSelector.matchLabels).toEqual(own);
    }
    const { selector, maxUnavailable } = only(manifests('PodDisruptionBudget'), app).spec;
    expect({ selector, maxUnavailable }).toEqual({ selector: { matchLabels: own }, maxUnavailable: 1 });
  });

  it('is scaled on the queue that it reads', () => {
    const { spec } = only(manifests('ScaledObject'), app);
    const [trigger] = spec.triggers;
    expect(spec.scaleTargetRef).toEqual({ name: app });
    expect(deployment.spec.replicas).toBeUndefined();
    expect(trigger).toMatchObject({
      type: 'azure-servicebus',
      metadata: { namespace: 'name', queueName: defaults.queues[app].inQueue },
      authenticationRef: { name: only(manifests('TriggerAuthentication')).metadata.name },
    });
    // More would leave messages waiting in the queue before another replica is asked for.
    const atOnce = resolveBinding(app, {}).maxConcurrentCalls;
    expect(Number(trigger?.metadata['messageCount'])).toBeGreaterThan(0);
    expect(Number(trigger?.metadata['messageCount'])).toBeLessThanOrEqual(atOnce);
    expect(spec.minReplicaCount).toBeGreaterThanOrEqual(1);
    expect(spec.fallback.replicas).toBeGreaterThanOrEqual(spec.minReplicaCount);
    expect(spec.maxReplicaCount).toBeGreaterThanOrEqual(spec.fallback.replicas);
  });
});

describe('deploy/kubernetes as a whole', () => {
  it('has one Deployment for each app, of one image, in the version of the package', () => {
    const { name, version } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, string>;
    expect(deployments.map(({ metadata }) => metadata.name).sort()).toEqual([...APPS].sort());
    const images = new Set(deployments.map((deployment) => onlyContainer(deployment).image));
    expect([...images]).toEqual([expect.stringMatching(new RegExp(`/${name}:${version}$`))]);
  });

  it('names each identity differently', () => {
    const scaler = only(manifests('TriggerAuthentication')).spec.podIdentity;
    expect(scaler['provider']).toBe('azure-workload');
    const accounts = manifests('ServiceAccount').map(
      ({ metadata }) => metadata.annotations?.['azure.workload.identity/client-id'],
    );
    // A new app has none yet.
    const named = [...accounts, scaler['identityId']].filter((id) => !/^[0-]+$/.test(String(id)));
    expect(new Set(named).size).toBe(named.length);
  });

  it('offers the relay over HTTP, with a pause before its end', () => {
    const [service, ...others] = manifests('Service');
    expect(others).toEqual([]);
    expect(service?.spec.ports.map(({ targetPort }) => targetPort)).toEqual(['http']);
    const served = deployments.filter((deployment) =>
      selects(service?.spec.selector ?? {}, labelsOf(deployment)),
    );
    expect(served.map(({ metadata }) => metadata.name)).toEqual(['relay']);
    expect(onlyContainer(only(deployments, 'relay')).lifecycle?.preStop.sleep.seconds).toBeGreaterThan(0);
    expect(only(manifests('ScaledObject'), 'relay').spec.minReplicaCount).toBeGreaterThan(1);
  });

  it('puts everything into one namespace, which refuses pods with more rights', () => {
    const namespace = only(manifests('Namespace'));
    expect(namespace.metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });
    for (const { metadata } of deployments) expect(metadata.namespace).toBe(namespace.metadata.name);
  });
});

function onlyContainer({ spec }: Deployment): Container {
  const [container, ...more] = spec.template.spec.containers;
  if (!container || more.length > 0) throw new Error('one container is expected');
  return container;
}

function variables({ env }: Container): Record<string, string> {
  return Object.fromEntries(env.map(({ name, value }) => [name, value]));
}

/** The routes of the controller, by what Nest keeps about it. */
function healthPaths(): string[] {
  const { prototype } = HealthController;
  const pathsOf = (target: object): string[] =>
    [Reflect.getMetadata('path', target) as string | string[]].flat();
  const handlers = Object.getOwnPropertyNames(prototype)
    .filter((name) => name !== 'constructor')
    .map((name) => Object.getOwnPropertyDescriptor(prototype, name)?.value as object)
    .filter((handler) => Reflect.hasMetadata('path', handler));
  return pathsOf(HealthController).flatMap((root) =>
    handlers.flatMap(pathsOf).map((name) => path.posix.join('/', root, name)),
  );
}
