// Tries other people's clients on the emulator. Installs nothing: it uses what this machine has, and says what it skips.
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { startEmulator } from '../../dist/index.js';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const CLIENT_TIMEOUT_MS = 180_000;
// Debian's packages are for Debian's own Python, which need not be the first one in the path.
const PYTHONS = ['/usr/bin/python3', 'python3'];
const AZURE_SERVICEBUS = `
import importlib.util
import azure.servicebus
if importlib.util.find_spec("azure.servicebus._pyamqp"): stack = "its own AMQP stack"
else:
    import uamqp
    stack = f"uamqp {uamqp.__version__}"
print(azure.servicebus.__version__, "on", stack)`;

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
    version: AZURE_SERVICEBUS,
    script: 'python_azure_servicebus.py',
  },
  {
    name: 'azure-servicebus for Python, asyncio',
    package: 'python3-azure, python3-uamqp, python3-aiohttp',
    version: `import aiohttp\n${AZURE_SERVICEBUS}`,
    script: 'python_azure_servicebus_async.py',
  },
  {
    name: 'azure-servicebus for Python, administration',
    package: 'python3-azure, python3-uamqp',
    version: `import azure.servicebus.management\n${AZURE_SERVICEBUS}`,
    script: 'python_azure_servicebus_administration.py',
  },
];

const ENTITIES = {
  queues: [
    'orders',
    'counted',
    { name: 'sessions', requiresSession: true },
    { name: 'short-lock', lockDurationMs: 1_000 },
    { name: 'slow', lockDurationMs: 5_000 },
  ],
  topics: [{ name: 'events', subscriptions: ['all'] }],
};
const authorizationRules = [{ keyName: 'sending', primaryKey: 'sending-key', rights: ['Send'] }];

const lastLine = (text) => text.trim().split('\n').at(-1);

/** Returns the Python that has the client, or why none has. */
function findPython(statement) {
  const reasons = [];
  for (const python of PYTHONS) {
    try {
      const stdio = ['ignore', 'pipe', 'pipe'];
      return { python, version: execFileSync(python, ['-c', statement], { encoding: 'utf8', stdio }).trim() };
    } catch (error) {
      // The next one may have it.
      reasons.push(lastLine(String(error.stderr ?? error.message)));
    }
  }
  return { reason: reasons.find((reason) => !reason.startsWith('ModuleNotFoundError')) ?? 'not installed' };
}

function run(python, parameters) {
  return new Promise((resolve) => {
    execFile(python, parameters, { timeout: CLIENT_TIMEOUT_MS }, (error, stdout, stderr) =>
      resolve({ failed: error !== null, reason: error?.signal ?? error?.code, stdout, stderr }),
    );
  });
}

/** Returns how many checks passed and failed; undefined if the client is not there. */
async function tryClient(client, certificateFile) {
  const { python, version, reason: missing } = findPython(client.version);
  if (missing) {
    process.stdout.write(`skipped  ${client.name}: ${missing} (Debian: ${client.package})\n`);
    return undefined;
  }
  const emulator = await startEmulator({
    port: 0,
    administrationPort: false,
    tls: { port: 0 },
    entities: ENTITIES,
    authorizationRules,
  });
  try {
    writeFileSync(certificateFile, emulator.tls.certificate);
    const ports = [emulator.port, emulator.tls.port].map(String);
    const { failed, reason, stdout, stderr } = await run(python, [
      join(HERE, client.script),
      ...ports,
      certificateFile,
    ]);
    const lines = stdout.split('\n').filter(Boolean);
    process.stdout.write(`${client.name} ${version}\n${lines.map((line) => `  ${line}\n`).join('')}`);
    const passed = lines.filter((line) => line.startsWith('ok ')).length;
    const wrong = lines.length - passed;
    if (failed && wrong === 0) {
      process.stdout.write(`  not ok it ended early (${reason}): ${lastLine(stderr)}\n`);
      return { passed, failed: 1 };
    }
    return { passed, failed: wrong };
  } finally {
    await emulator.close();
  }
}

const directory = mkdtempSync(join(tmpdir(), 'emulator-clients-'));
const only = process.argv[2] ?? '';
const total = { passed: 0, failed: 0, skipped: 0 };
try {
  for (const client of CLIENTS.filter(({ name }) => name.includes(only))) {
    const result = await tryClient(client, join(directory, 'certificate.pem'));
    total.passed += result?.passed ?? 0;
    total.failed += result?.failed ?? 0;
    if (!result) total.skipped += 1;
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exitCode = total.failed > 0 ? 1 : 0;
