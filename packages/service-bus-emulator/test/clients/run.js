// Tries other people's clients on the emulator. Installs nothing: it uses what this machine has, and says what it skips.
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { fileURLToPath } from 'node:url';

import { startEmulator } from '../../dist/index.js';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const CLIENT_TIMEOUT_MS = 180_000;
// Debian's packages are for Debian's own Python, which need not be the first one in the path.
const PYTHONS = ['/usr/bin/python3', 'python3'];

/** The clients, by the Debian package that has them. */
const CLIENTS = [
  {
    name: 'qpid-proton for Python',
    package: 'python3-qpid-proton',
    version: 'import proton; print(".".join(map(str, proton.VERSION)))',
    script: 'python_qpid_proton.py',
  },
  {
    name: 'azure-servicebus for Python',
    package: 'python3-azure, python3-uamqp',
    version: `
import importlib.util
import azure.servicebus
if importlib.util.find_spec("azure.servicebus._pyamqp"): stack = "its own AMQP stack"
else:
    import uamqp
    stack = f"uamqp {uamqp.__version__}"
print(azure.servicebus.__version__, "on", stack)`,
    script: 'python_azure_servicebus.py',
    // Its versions on uamqp speak TLS only.
    needsTls: (version) => version.includes('uamqp'),
  },
];

const ENTITIES = {
  queues: [
    'orders',
    { name: 'sessions', requiresSession: true },
    { name: 'short-lock', lockDurationMs: 1_000 },
  ],
  topics: [{ name: 'events', subscriptions: ['all'] }],
};
const authorizationRules = [{ keyName: 'sending', primaryKey: 'sending-key', rights: ['Send'] }];

function findPython(statement) {
  for (const python of PYTHONS) {
    try {
      const stdio = ['ignore', 'pipe', 'ignore'];
      return { python, version: execFileSync(python, ['-c', statement], { encoding: 'utf8', stdio }).trim() };
    } catch {
      // The next one may have it.
    }
  }
  return undefined;
}

/** Ends TLS before the emulator, with a certificate of its own; undefined without openssl. */
async function startTlsFront(port, directory) {
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(directory, name));
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const options = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', ...subject];
  try {
    execFileSync('openssl', [...options, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (secure) => {
    const plain = connect(port, '127.0.0.1');
    for (const [one, other] of [
      [secure, plain],
      [plain, secure],
    ]) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
      one.pipe(other);
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: server.address().port, ca: cert, close: () => server.close() };
}

function run(python, parameters) {
  return new Promise((resolve) => {
    execFile(python, parameters, { timeout: CLIENT_TIMEOUT_MS }, (error, stdout, stderr) =>
      resolve({ failed: error !== null, reason: error?.signal ?? error?.code, stdout, stderr }),
    );
  });
}

/** Returns how many checks passed and failed; undefined if the client is not there. */
async function tryClient(client, directory) {
  const found = findPython(client.version);
  if (!found) {
    process.stdout.write(`skipped  ${client.name}: not installed (Debian: ${client.package})\n`);
    return undefined;
  }
  const emulator = await startEmulator({
    port: 0,
    administrationPort: false,
    entities: ENTITIES,
    authorizationRules,
  });
  const front = client.needsTls?.(found.version)
    ? await startTlsFront(emulator.port, directory)
    : { port: emulator.port };
  try {
    if (!front) {
      process.stdout.write(`skipped  ${client.name}: needs TLS, and openssl is not installed\n`);
      return undefined;
    }
    const parameters = [join(HERE, client.script), String(front.port), ...(front.ca ? [front.ca] : [])];
    const { failed, reason, stdout, stderr } = await run(found.python, parameters);
    const lines = stdout.split('\n').filter(Boolean);
    process.stdout.write(`${client.name} ${found.version}\n${lines.map((line) => `  ${line}\n`).join('')}`);
    const passed = lines.filter((line) => line.startsWith('ok ')).length;
    const wrong = lines.length - passed;
    if (failed && wrong === 0) {
      process.stdout.write(`  not ok it ended early (${reason}): ${stderr.trim().split('\n').at(-1)}\n`);
      return { passed, failed: 1 };
    }
    return { passed, failed: wrong };
  } finally {
    front?.close?.();
    await emulator.close();
  }
}

const directory = mkdtempSync(join(tmpdir(), 'emulator-clients-'));
const total = { passed: 0, failed: 0, skipped: 0 };
try {
  for (const client of CLIENTS) {
    const result = await tryClient(client, directory);
    total.passed += result?.passed ?? 0;
    total.failed += result?.failed ?? 0;
    if (!result) total.skipped += 1;
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exitCode = total.failed > 0 ? 1 : 0;
