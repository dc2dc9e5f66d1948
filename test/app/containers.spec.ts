import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';

import { beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

import { APPS, readConfiguration, variableNames } from '../../src/config/index.js';
import { type Entities, readEntities, startEmulator } from 'service-bus-emulator';
import { readCommandLine } from '../../packages/service-bus-emulator/src/command/read-command-line.js';

interface ComposeService {
  readonly image?: string;
  readonly build?: string | { readonly context: string; readonly target: string };
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

/** The lines of a Dockerfile by the names of their stages; the last one has none. */
function readStages(text: string): Map<string, string[]> {
  const parts = text.split(/^(?=FROM )/m).slice(1);
  return new Map(parts.map((part) => [/^FROM \S+ AS (\S+)/.exec(part)?.[1] ?? '', part.split('\n')]));
}

function fail(warning: string): never {
  throw new Error(warning);
}

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

describe('docker-compose.emulator.yml', () => {
  it("is docker-compose.yml with our own emulator in Microsoft's place", async () => {
    const [theirs, ours] = await Promise.all(
      ['docker-compose.yml', 'docker-compose.emulator.yml'].map(
        async (file) =>
          (parse(await readFile(file, 'utf8')) as { services: Record<string, ComposeService> }).services,
      ),
    );
    expect(Object.keys(ours ?? {})).toEqual(['service', 'emulator']);
    const { depends_on: needs, ...service } = ours?.['service'] ?? {};
    expect(needs).toEqual({ emulator: { condition: 'service_healthy' } });
    expect(theirs?.['service']).toMatchObject(service);
    const { build, command = [], ports, volumes } = ours?.['emulator'] ?? {};
    expect(build).toEqual({ context: '.', target: 'emulator' });
    expect(ports).toEqual(theirs?.['emulator']?.ports);
    expect(volumes).toEqual(expect.arrayContaining([...(theirs?.['emulator']?.volumes ?? ['?'])]));
    expect(readCommandLine(command, {})).toMatchObject({ dataDirectory: '/data' });
  });
});

describe('the Dockerfile', () => {
  let stages: Map<string, string[]>;
  /** Of the service, with those of the stage that makes its files. */
  let lines: string[];
  let emulator: string[];
  beforeAll(async () => {
    stages = readStages(await readFile('Dockerfile', 'utf8'));
    lines = [...(stages.get('service-files') ?? []), ...(stages.get('') ?? [])];
    emulator = stages.get('emulator') ?? [];
  });

  it('builds in stages of their own, and runs in others, not as root', () => {
    // Whoever names no stage gets the service: the last one.
    expect([...stages.keys()]).toEqual(['build', 'emulator-files', 'emulator', 'service-files', '']);
    for (const stage of ['emulator', '']) expect(stages.get(stage)).toContain('USER node');
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

  it('names its base by a digest, the same for all stages', () => {
    const bases = [...stages.values()].map(([from = '']) => from.split(' ')[1]);
    const [base, ...others] = new Set(bases.filter((each) => each !== 'build'));
    expect(base).toMatch(/^node:22-slim@sha256:[0-9a-f]{64}$/);
    expect(others).toEqual([]);
  });

  it('runs no script of a dependency, and keeps none that reports installations', () => {
    const all = [...stages.values()].flat().filter((line) => line.startsWith('RUN '));
    const installing = all.filter((line) => /npm (?:ci|prune)/.test(line));
    expect(installing).toHaveLength(2);
    for (const line of installing) expect(line).toContain('--ignore-scripts');
    const commands = lines.filter((line) => line.startsWith('RUN '));
    expect(commands.at(-1)).toBe('RUN rm -r node_modules/@scarf');
  });

  it('has a list of what is in it, made by the build', () => {
    const listing = lines.indexOf('RUN npm sbom --omit=dev --sbom-format=cyclonedx > sbom.cdx.json');
    expect(listing).toBeGreaterThan(-1);
    // npm fails where what is for development is gone.
    expect(lines.findIndex((line) => line.includes('npm prune'))).toBeGreaterThan(listing);
    expect(lines).toContain('COPY --from=service-files /app/sbom.cdx.json ./');
  });

  it('gives its health check longer than asking the namespace may take', () => {
    const [, seconds] = /^HEALTHCHECK .*--timeout=(\d+)s/m.exec(lines.join('\n')) ?? [];
    expect(1_000 * Number(seconds)).toBeGreaterThan(PROBE_TIMEOUT_MS + 2_000);
  });

  it('takes along every file that the service reads', () => {
    expect(lines.some((line) => /^COPY .*Config\.json/.test(line))).toBe(true);
  });

  describe("the emulator's image", () => {
    const CONFIG = '/ServiceBus_Emulator/ConfigFiles/Config.json';
    const json = (word: string): string[] => {
      const line = emulator.find((each) => each.trim().startsWith(`${word} [`)) ?? '';
      return JSON.parse(line.trim().slice(word.length + 1)) as string[];
    };

    it("stands where Microsoft's stands: its file, its ports, every address", () => {
      expect(emulator).toContain(`ENV CONFIG_PATH=${CONFIG}`);
      expect(emulator).toContain(`COPY packages/service-bus-emulator/image/Config.json ${CONFIG}`);
      const ports = emulator.find((line) => line.startsWith('EXPOSE '))?.split(' ');
      expect(ports).toEqual(expect.arrayContaining(['5672', '5300', '5671']));
      const [node, program, ...options] = json('ENTRYPOINT');
      expect([node, program]).toEqual(['node', 'dist/main.js']);
      expect(readCommandLine(options, { CONFIG_PATH: CONFIG })).toMatchObject({
        host: '0.0.0.0',
        port: 5672,
        administrationPort: 5300,
        config: CONFIG,
      });
    });

    it('asks its own health on the port that it is told', async () => {
      const [node, ...args] = json('CMD');
      expect(node).toBe('node');
      const running = await startEmulator({ port: 0, administrationPort: 0 });
      const ask = async (port: string): Promise<number | null> => {
        const child = spawn(process.execPath, args, { env: { EMULATOR_HTTP_PORT: port } });
        return (await once(child, 'exit'))[0] as number | null;
      };
      const port = new URL(running.administrationUrl).port;
      expect(await ask(port)).toBe(0);
      await running.close();
      expect(await ask(port)).toBe(1);
    });

    it('declares something where no file is mounted', async () => {
      const { queues, topics } = await readEntities('packages/service-bus-emulator/image/Config.json', fail);
      expect([queues, topics]).toMatchObject([[{ name: 'queue.1' }], [{ name: 'topic.1' }]]);
    });

    it('has a place for messages that it may write to, and a list of what is in it', () => {
      expect(emulator).toContain('COPY --from=emulator-files --chown=node:node /emulator/data /data');
      expect(emulator).toContain('COPY --from=emulator-files /emulator/sbom.cdx.json ./');
    });
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

  it('names the version of the SDK that the emulator was seen with', async () => {
    const { dependencies } = JSON.parse(await readFile('package.json', 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const seen = `@azure/service-bus ${dependencies['@azure/service-bus']}`;
    for (const file of ['README.md', 'packages/service-bus-emulator/README.md'])
      expect(await readFile(file, 'utf8')).toContain(seen);
  });
});
