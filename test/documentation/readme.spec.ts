import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readEntities, startEmulator } from 'service-bus-emulator';

import { startPostgres } from '../../packages/nestjs-service-bus-outbox/test/support/start-postgres.js';
import { compile } from '../support/compile.js';
import { until } from '../support/until.js';
import { type DocumentedApplication, writeApplications } from './documented-applications.js';
import { readMarkdown } from './read-markdown.js';
import { writeRootReadme } from './root-readme.js';
import { freePort, readyLine, runJest, StartedProcess } from './started-process.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COMPILER = fileURLToPath(new URL('../support/compile-files.js', import.meta.url));
const MAIN = 'src/main.ts';
const README = [
  'docs/connections.md',
  'docs/contracts.md',
  'docs/serializers.md',
  'docs/control.md',
  'docs/outbox.md',
  'docs/testing.md',
  'docs/topology.md',
  'packages/nestjs-service-bus/README.md',
  'packages/nestjs-service-bus-outbox/README.md',
  'packages/service-bus-desk/README.md',
  'packages/service-bus-emulator/README.md',
];

// Inside the repository, where its dependencies are found, and where nobody takes it for a part of it.
await mkdir(path.join(ROOT, 'dist'), { recursive: true });
const directory = await mkdtemp(path.join(ROOT, 'dist', 'documentation-'));
const documents: { readme: string; applications: DocumentedApplication[] }[] = [];
for (const readme of README) {
  const sections = readMarkdown(await readFile(path.join(ROOT, readme), 'utf8'));
  const folder = path.join(directory, readme.replaceAll('/', '-'));
  documents.push({ readme, applications: await writeApplications(sections, folder) });
}
const sources = documents
  .flatMap(({ applications }) => applications)
  .flatMap((application) =>
    [...application.files.keys()]
      .filter((file) => file.endsWith('.ts'))
      .map((file) => path.join(application.directory, file)),
  );
// As they would be compiled one by one, when each process loads its own.
beforeAll(async () => {
  const compiler = StartedProcess.start(process.execPath, [COMPILER, ...sources], directory, {});
  if ((await compiler.end()) !== 0) throw new Error(compiler.output);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Starts its program, types its commands, and waits until all that is expected has been said. */
async function run(application: DocumentedApplication): Promise<void> {
  const { files, commands, expected } = application;
  const cwd = application.directory;
  const entities = files.has('Config.json') ? await readEntities(path.join(cwd, 'Config.json')) : {};
  const emulator = await startEmulator({ port: 0, administrationPort: false, entities });
  const port = String(await freePort());
  const needsDatabase = [...files.values()].some(({ text }) => text.includes('DATABASE_URL'));
  const postgres = needsDatabase ? await startPostgres() : undefined;
  const variables = {
    SB_CONNECTION: emulator.connectionString,
    ...(postgres === undefined ? {} : { DATABASE_URL: postgres.connectionString }),
    PORT: port,
    TYPESCRIPT_CACHE: directory,
  };
  const processes: StartedProcess[] = [];
  try {
    if (files.has(MAIN)) {
      const main = StartedProcess.program(MAIN, cwd, variables);
      processes.push(main);
      await main.says(await readyLine(cwd, MAIN));
    }
    for (const text of commands) {
      const script = text.replaceAll('localhost:3000', `127.0.0.1:${port}`);
      const command = StartedProcess.start('bash', ['-euo', 'pipefail', '-c', script], cwd, variables);
      processes.push(command);
      if ((await command.end()) !== 0) throw new Error(command.output);
    }
    const missing = (): string[] =>
      expected.filter((line) => !processes.some(({ output }) => output.includes(line)));
    await until(() => missing().length === 0).catch(() => {
      const said = processes.map(({ output }) => output).join('\n');
      throw new Error(`missing are ${JSON.stringify(missing())} in:\n${said}`);
    });
  } finally {
    await Promise.all(processes.map((started) => started.stop()));
    await emulator.close();
    await postgres?.close();
  }
}

describe('the code in the READMEs', () => {
  it('compiles, as strictly as the repository', async () => {
    const folder = path.join(directory, 'root');
    const ofTheRepository = await writeRootReadme(folder);
    expect(sources).not.toEqual([]);
    expect(ofTheRepository.size).toBeGreaterThan(0);
    const files = [...ofTheRepository.keys()].map((file) => path.join(folder, file));
    expect(compile(sources.concat(files))).toEqual([]);
  }, 300_000);
});

describe.each(documents)('$readme', ({ applications }) => {
  it.each(applications)(
    'does what the text says: $title',
    async (application) => {
      const { tests, commands, expected, isCompiledOnly } = application;
      expect(tests.length + commands.length > 0 || isCompiledOnly).toBe(true);
      if (tests.length > 0) expect(await runJest(application.directory)).toContain('PASS');
      if (commands.length > 0) await run(application);
      else expect(expected).toEqual([]);
    },
    240_000,
  );
});
