// Has handlers take what other people's clients send. Installs nothing: it uses what this machine has, and says what it skips.
import { execFile, execFileSync } from 'node:child_process';
import { isDeepStrictEqual, promisify } from 'node:util';
import { fileURLToPath } from 'node:url';

import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import { startEmulator } from 'service-bus-emulator';

import { ServiceBusModule, ServiceBusServer } from '../../dist/index.js';

const SCRIPT = fileURLToPath(new URL('./python_qpid_proton.py', import.meta.url));
// Debian's packages are for Debian's own Python, which need not be the first one in the path.
const PYTHONS = ['/usr/bin/python3', 'python3'];
const CLIENT_TIMEOUT_MS = 60_000;

const EXPECTED = {
  // It sends no body then.
  nothing: undefined,
  true: true,
  text: 'hello',
  symbol: 'hello',
  char: 'ü',
  ubyte: 200,
  byte: -3,
  uint: 4_294_967_295,
  int: -200,
  long: Number.MAX_SAFE_INTEGER,
  'large long': 2n ** 63n - 1n,
  'large ulong': 2n ** 64n - 1n,
  double: 1.5,
  float: 0.5,
  decimal: Buffer.from(Array.from({ length: 16 }, (_, index) => index)),
  time: new Date(1_000),
  uuid: '00112233-4455-6677-8899-aabbccddeeff',
  bytes: { a: 1 },
  list: [1, 'a', null],
  map: { a: { b: [true] } },
  'map of numbers': new Map([[1, 'a']]),
  array: [1, 2],
  described: { id: 7 },
  sequence: [1, 2],
  data: { a: 1 },
};

const got = new Map();
class WorkController {
  work(payload, { message }) {
    got.set(message.messageId, payload);
  }
}
Controller()(WorkController);
const method = Object.getOwnPropertyDescriptor(WorkController.prototype, 'work');
MessagePattern('work')(WorkController.prototype, 'work', method);
Payload()(WorkController.prototype, 'work', 0);
Ctx()(WorkController.prototype, 'work', 1);

class WorkModule {}

function findPython() {
  for (const python of PYTHONS) {
    try {
      const version = 'import proton; print(".".join(map(str, proton.VERSION)))';
      const stdio = ['ignore', 'pipe', 'ignore'];
      return { python, version: execFileSync(python, ['-c', version], { encoding: 'utf8', stdio }).trim() };
    } catch {
      // The next one may have it.
    }
  }
  return undefined;
}

async function receive(python) {
  const emulator = await startEmulator({
    port: 0,
    administrationPort: false,
    entities: { queues: ['work'] },
  });
  Module({
    imports: [ServiceBusModule.forRoot({ connectionString: emulator.connectionString })],
    controllers: [WorkController],
  })(WorkModule);
  const service = await NestFactory.create(WorkModule, { logger: false });
  service.connectMicroservice({ strategy: service.get(ServiceBusServer) });
  await service.startAllMicroservices();
  await service.init();
  try {
    await promisify(execFile)(python, [SCRIPT, String(emulator.port)], { timeout: CLIENT_TIMEOUT_MS });
    while (emulator.entity('work').messageCount > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  } finally {
    await service.close();
    await emulator.close();
  }
}

const client = findPython();
if (!client) {
  process.stdout.write(
    'skipped  handlers and qpid-proton for Python: not installed (Debian: python3-qpid-proton)\n',
  );
} else {
  await receive(client.python);
  process.stdout.write(`handlers, of qpid-proton for Python ${client.version}\n`);
  let failed = 0;
  for (const [name, value] of Object.entries(EXPECTED)) {
    if (got.has(name) && isDeepStrictEqual(got.get(name), value)) process.stdout.write(`  ok get ${name}\n`);
    else {
      failed++;
      process.stdout.write(`  not ok get ${name}: ${typeof got.get(name)} ${String(got.get(name))}\n`);
    }
  }
  process.stdout.write(`${Object.keys(EXPECTED).length - failed} passed, ${failed} failed\n`);
  process.exitCode = failed > 0 ? 1 : 0;
}
