import { spawn } from 'node:child_process';

/** What a parent `npm run` tells its children would have npm work on the parent's project. */
const KEPT_BY_NPM = new Set(['npm_config_registry', 'npm_config_cache', 'npm_config_userconfig']);
const ENVIRONMENT = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => (!name.startsWith('npm_') || KEPT_BY_NPM.has(name)) && name !== 'NODE_OPTIONS',
  ),
);
ENVIRONMENT.NO_COLOR = '1';

/** Starts a command as the leader of a process group of its own, so that it can be ended with all it started. */
export function start(command, args, { cwd, env = {} }) {
  const child = spawn(command, args, {
    cwd,
    env: { ...ENVIRONMENT, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const started = {
    output: '',
    exited: new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(code ?? signal));
    }),
    signal(name) {
      try {
        process.kill(-child.pid, name);
      } catch (error) {
        // It has ended by itself.
        if (error.code !== 'ESRCH') throw error;
      }
    },
    async stop() {
      started.signal('SIGKILL');
      await started.exited;
    },
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (started.output += text));
  }
  return started;
}

/** Runs a command to its end; rejects with what it wrote if it fails, or is not done in time. */
export async function run(command, args, { timeoutMs, ...options }) {
  const started = start(command, args, options);
  const timer = setTimeout(() => started.signal('SIGKILL'), timeoutMs);
  const code = await started.exited.finally(() => clearTimeout(timer));
  if (code !== 0) {
    const line = [command, ...args].join(' ');
    throw new Error(`${line} ended with ${code}:\n${started.output}`);
  }
  return started.output;
}
