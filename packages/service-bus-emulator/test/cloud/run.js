// Runs the conformance suites against a namespace: that of CLOUD_CONNECTION, else an emulator of its own over TLS.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const children = new Set();
let suites;

function start(parameters, environment, stdio) {
  const child = spawn(process.execPath, parameters, { env: { ...process.env, ...environment }, stdio });
  children.add(child);
  child.once('close', () => children.delete(child));
  return child;
}

async function ended(child) {
  const [code] = await once(child, 'close');
  return code ?? 1;
}

/** Starts the standalone emulator; returns what clients in other processes need to reach it over TLS. */
async function startEmulator() {
  const main = process.env.EMULATOR_MAIN ?? file('../../dist/main.js');
  const options = ['--port', '0', '--admin-port', '0', '--tls', '--tls-port', '0'];
  const emulator = start([main, ...options], {}, ['ignore', 'pipe', 'inherit']);
  let output = '';
  for await (const chunk of emulator.stdout.setEncoding('utf8')) {
    output += chunk;
    const connection = /by TLS\s+(\S+)/.exec(output)?.[1];
    const certificate = /NODE_EXTRA_CA_CERTS=(\S+)\n/.exec(output)?.[1];
    if (connection && certificate) {
      // A certificate is made out to names: an address is none that TLS sends.
      const named = connection.replace('127.0.0.1', 'localhost');
      return { CONFORMANCE_CONNECTION: named, NODE_EXTRA_CA_CERTS: certificate };
    }
  }
  throw new Error(`The emulator did not start: ${output}`);
}

async function main() {
  const { CLOUD_CONNECTION: cloud } = process.env;
  const namespace = cloud ? { CONFORMANCE_CONNECTION: cloud } : await startEmulator();
  const environment = { ...namespace, CONFORMANCE_PREFIX: `conformance-${randomBytes(4).toString('hex')}-` };
  const host = /sb:\/\/([^/;]+)/.exec(namespace.CONFORMANCE_CONNECTION)?.[1];
  process.stdout.write(
    `${cloud ? 'namespace' : 'CLOUD_CONNECTION is not set: emulator'} ${host}, entities ${environment.CONFORMANCE_PREFIX}*\n`,
  );
  const jest = file('../../../../node_modules/jest/bin/jest.js');
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  try {
    const config = ['--config', file('jest.config.js'), '--runInBand'];
    suites = start([...flags, jest, ...config, ...process.argv.slice(2)], environment, 'inherit');
    return await ended(suites);
  } finally {
    await ended(start([file('remove-entities.js')], environment, 'inherit'));
  }
}

// The suites end, and what they have made is removed: for that the emulator has to be there still.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => suites?.kill(signal));

try {
  process.exitCode = await main();
} finally {
  for (const child of children) child.kill();
}
