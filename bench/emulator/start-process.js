// Starts a process's first emulator, and its second, on the address of the first argument; prints how long each took.
import { startEmulator } from 'service-bus-emulator';

const options = { port: 0, administrationPort: 0, host: process.argv[2], entities: { queues: ['work'] } };

async function startMs() {
  // Not `performance`: what Node.js loads for it would be loaded before the start, and not be counted.
  const before = process.hrtime.bigint();
  const emulator = await startEmulator(options);
  const ms = Number(process.hrtime.bigint() - before) / 1e6;
  await emulator.close();
  return ms;
}

console.log(JSON.stringify({ first: await startMs(), second: await startMs() }));
