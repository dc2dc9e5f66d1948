import { setTimeout as delay } from 'node:timers/promises';

import { start } from './run-command.js';

const START_TIMEOUT_MS = 60_000;

/** Starts the emulator by its command and the application beside it, and sees that it does what it says. */
export async function tryApplication(project, nodeOptions) {
  const emulator = await startAndRead(
    project.path('node_modules/.bin/service-bus-emulator'),
    ['--config', 'src/Config.json', '--port', '0', '--admin-port', '0'],
    { cwd: project.folder },
    /connection string +(\S+)/,
  );
  try {
    const application = await startAndRead(
      process.execPath,
      [...nodeOptions, 'dist/main.js'],
      { cwd: project.folder, env: { SB_CONNECTION: emulator.found } },
      /listening on (\S+)/,
    );
    try {
      await useApplication(application.found);
      application.signal('SIGTERM');
      const code = await Promise.race([application.exited, delay(START_TIMEOUT_MS, 'late', { ref: false })]);
      if (code !== 'SIGTERM' && code !== 0) throw new Error(`it ended with ${code}`);
    } catch (error) {
      throw new Error(`${error.message}\n${application.output}`, { cause: error });
    } finally {
      await application.stop();
    }
  } finally {
    await emulator.stop();
  }
}

async function useApplication(url) {
  const ask = async (method, path) => {
    const response = await fetch(url + path, { method });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  expectEqual(
    await ask('POST', '/by-sender'),
    { total: 42, attempt: 1 },
    'the result of what @InjectSender sent',
  );
  expectEqual(await ask('POST', '/by-client'), { total: 10, attempt: 1 }, 'the reply to send()');
  await ask('POST', '/emit');
  const deadlineMs = performance.now() + START_TIMEOUT_MS;
  while ((await ask('GET', '/placed')).length === 0 && performance.now() < deadlineMs) await delay(50);
  expectEqual(await ask('GET', '/placed'), [7], 'the events of emit()');
  const { status, details } = await ask('GET', '/health');
  const states = Object.fromEntries(Object.entries(details).map(([name, one]) => [name, one.status]));
  const up = { 'service-bus': 'up', 'service-bus:order-placed': 'up', 'service-bus:orders': 'up' };
  expectEqual({ status, states }, { status: 'ok', states: up }, 'the health');
}

/** As far as a line of its output that says where it is. */
async function startAndRead(command, args, options, line) {
  const started = start(command, args, options);
  let isRunning = true;
  const ended = () => (isRunning = false);
  started.exited.then(ended, ended);
  const deadlineMs = performance.now() + START_TIMEOUT_MS;
  while (isRunning && performance.now() < deadlineMs) {
    const [, found] = line.exec(started.output) ?? [];
    if (found !== undefined) return Object.assign(started, { found });
    await delay(20);
  }
  await started.stop();
  throw new Error(`${command} ${args.join(' ')} did not start:\n${started.output}`);
}

function expectEqual(actual, expected, what) {
  const sorted = (value) =>
    JSON.stringify(value, (_, one) =>
      one !== null && typeof one === 'object' && !Array.isArray(one)
        ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
        : one,
    );
  if (sorted(actual) !== sorted(expected)) {
    throw new Error(`${what}: expected ${sorted(expected)}, got ${sorted(actual)}`);
  }
}
