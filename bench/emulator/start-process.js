// Starts a process's first emulator, and its second, on the address of the first argument; prints how long each took.
import { startEmulator } from 'service-bus-emulator';

const options = { port: 0, administrationPort: 0, host: process.argv[2], entities: { queues: ['work'] } };

async function startMs() {
  const before = performance.now();
  const emulator = await startEmulator(options);
  const ms = performance.now() - before;
  await emulator.close();
  return ms;
}

console.log(JSON.stringify({ first: await startMs(), second: await startMs() }));
