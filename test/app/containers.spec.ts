import { readFile } from 'node:fs/promises';

import { beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

import { APPS, readConfiguration, variableNames } from '../../src/config/index.js';
import { type Entities, readEntities } from 'service-bus-emulator';

interface ComposeService {
  readonly image?: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly stop_grace_period?: string;
}

const MINUTE_MS = 60_000;
/** How long readiness waits for the namespace's answer. */
const PROBE_TIMEOUT_MS = 3_000;

describe('docker-compose.yml', () => {
  let services: Readonly<Record<string, ComposeService>>;
  beforeAll(async () => {
    services = (parse(await readFile('docker-compose.yml', 'utf8')) as { services: typeof services })
      .services;
  });

  it('gives the service an environment that it starts with', () => {
    const environment = readConfiguration(services['service']?.environment ?? {});
    expect(environment).toMatchObject({ production: true, broker: { kind: 'connection-string' } });
    expect(services['service']?.ports).toEqual([
      `127.0.0.1:${environment.http.port}:${environment.http.port}`,
    ]);
  });

  it("points the service at the emulator's container", () => {
    expect(services['service']?.environment?.['SB_CONNECTION']).toMatch(/^Endpoint=sb:\/\/emulator;/);
    expect(services['emulator']?.image).toMatch(
      /^mcr\.microsoft\.com\/azure-messaging\/servicebus-emulator@sha256:/,
    );
  });

  it('names images by their digests', () => {
    const images = Object.values(services).flatMap(({ image }) => image ?? []);
    expect(images.filter((image) => !/@sha256:[0-9a-f]{64}$/.test(image))).toEqual([]);
  });

  it("reads the same Config.json, on Microsoft's ports", () => {
    expect(services['emulator']?.volumes).toEqual([
      './Config.json:/ServiceBus_Emulator/ConfigFiles/Config.json:ro',
    ]);
    expect(services['emulator']?.ports).toEqual(['127.0.0.1:5672:5672', '127.0.0.1:5300:5300']);
  });

  it('starts each container when what it needs is healthy', () => {
    const conditions = Object.entries(services).flatMap(([name, { depends_on: needs = {} }]) =>
      Object.entries(needs).map(([need, { condition }]) => `${name} after ${need}: ${condition}`),
    );
    expect(conditions).toEqual([
      'service after emulator-ready: service_completed_successfully',
      'emulator after sql: service_healthy',
      'emulator-ready after emulator: service_started',
    ]);
    expect(services['sql']?.healthcheck?.test.join(' ')).toContain('SELECT 1');
    expect(services['emulator-ready']?.command).toContain('http://emulator:5300/health');
  });

  it('names the same database and password on both sides, and asks for consent to the licences', () => {
    const { emulator, sql } = services;
    expect(emulator?.environment?.['SQL_SERVER']).toBe('sql');
    expect(emulator?.environment?.['MSSQL_SA_PASSWORD']).toBe(sql?.environment?.['MSSQL_SA_PASSWORD']);
    expect(emulator?.environment?.['ACCEPT_EULA']).toMatch(/^\$\{ACCEPT_EULA:\?/);
  });

  it('leaves the service more time to stop than a drain may take', () => {
    expect(Number.parseInt(services['service']?.stop_grace_period ?? '', 10)).toBeGreaterThan(25);
  });
});

describe('the Dockerfile', () => {
  let lines: string[];
  beforeAll(async () => {
    lines = (await readFile('Dockerfile', 'utf8')).split('\n');
  });

  it('builds in one stage and runs in another, not as root', () => {
    expect(lines.filter((line) => line.startsWith('FROM '))).toHaveLength(2);
    expect(lines.indexOf('USER node')).toBeGreaterThan(
      lines.findLastIndex((line) => line.startsWith('FROM ')),
    );
  });

  it('runs what the build makes, on the default port', async () => {
    const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as {
      scripts: Record<string, string>;
    };
    const command = JSON.parse(lines.find((line) => line.startsWith('CMD '))?.slice(4) ?? '[]') as string[];
    // The shell becomes the service, so that a signal to npm reaches it; Windows has no `exec`, and goes on.
    const program = command.join(' ');
    expect(scripts['start:prod']).toBe(`exec ${program} || ${program}`);
    expect(scripts['start']).toBe(scripts['start:prod']);
    expect(lines).toContain(`EXPOSE ${readConfiguration({}).http.port}`);
  });

  it('names its base by a digest, the same for both stages', () => {
    const bases = lines.filter((line) => line.startsWith('FROM ')).map((line) => line.split(' ')[1]);
    expect(new Set(bases).size).toBe(1);
    expect(bases[0]).toMatch(/^node:22-slim@sha256:[0-9a-f]{64}$/);
  });

  it('runs no script of a dependency, and keeps none that reports installations', () => {
    const commands = lines.filter((line) => line.startsWith('RUN '));
    for (const line of commands.filter((each) => /npm (?:ci|prune)/.test(each))) {
      expect(line).toContain('--ignore-scripts');
    }
    expect(commands.at(-1)).toBe('RUN rm -r node_modules/@scarf');
  });

  it('has a list of what is in it, made by the build', () => {
    expect(lines).toContain('RUN npm sbom --omit=dev --sbom-format=cyclonedx > sbom.cdx.json');
    expect(lines).toContain('COPY --from=build /app/sbom.cdx.json ./');
  });

  it('gives its health check longer than asking the namespace may take', () => {
    const [, seconds] = /^HEALTHCHECK .*--timeout=(\d+)s/m.exec(lines.join('\n')) ?? [];
    expect(1_000 * Number(seconds)).toBeGreaterThan(PROBE_TIMEOUT_MS + 2_000);
  });

  it('takes along every file that the service reads', () => {
    expect(lines.some((line) => /^COPY .*Config\.json/.test(line))).toBe(true);
  });
});

describe('Config.json', () => {
  let entities: Entities;
  beforeAll(async () => {
    entities = await readEntities('Config.json');
  });

  it("has every queue of the service's defaults, and the lab's", () => {
    const { queues } = readConfiguration({});
    const names = (entities.queues ?? []).map((queue) => (typeof queue === 'string' ? queue : queue.name));
    const needed = APPS.flatMap((app) => [queues[app].inQueue, queues[app].outQueue]);
    expect(names).toEqual(expect.arrayContaining([...needed, 'PyconLabQueue']));
  });

  it('detects duplicates on the queues that results go to', () => {
    const outputs = (entities.queues ?? []).filter(
      (queue) => typeof queue !== 'string' && queue.name.endsWith('-out'),
    );
    expect(outputs).toHaveLength(APPS.length);
    for (const queue of outputs) expect(queue).toMatchObject({ requiresDuplicateDetection: true });
  });

  // [limits of Microsoft's emulator: lock 5 minutes, life 1 hour, 10 deliveries, detection window 5 minutes]
  it("keeps within the limits of Microsoft's emulator", () => {
    expect((entities.queues ?? []).length + (entities.topics ?? []).length).toBeLessThanOrEqual(50);
    for (const queue of entities.queues ?? []) {
      if (typeof queue === 'string') continue;
      expect(queue.lockDurationMs).toBeLessThanOrEqual(5 * MINUTE_MS);
      expect(queue.defaultMessageTimeToLiveMs).toBeLessThanOrEqual(60 * MINUTE_MS);
      expect(queue.maxDeliveryCount).toBeLessThanOrEqual(10);
      expect(queue.duplicateDetectionHistoryTimeWindowMs ?? 0).toBeLessThanOrEqual(5 * MINUTE_MS);
    }
  });
});

describe('the documentation', () => {
  it('lists every variable that the service reads', async () => {
    const [readme, example] = await Promise.all([
      readFile('README.md', 'utf8'),
      readFile('.env.example', 'utf8'),
    ]);
    const read = variableNames();
    expect(read.size).toBeGreaterThan(10);
    // OpenTelemetry's variables are described by OpenTelemetry.
    const own = [...read].filter((name) => !name.startsWith('OTEL_'));
    for (const name of own) expect(readme).toContain(`\`${name}`);
    expect(readme).toContain('`OTEL_*`');
    for (const name of own) if (name !== 'NODE_ENV') expect(example).toContain(`#${name}=`);
  });
});
