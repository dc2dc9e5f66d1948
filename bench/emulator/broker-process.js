// Runs the emulator in a process of its own, so that its memory and processor time are measured separately.
import { startEmulator } from 'service-bus-emulator';

const emulator = await startEmulator({
  port: 0,
  administrationPort: false,
  entities: JSON.parse(process.argv[2] ?? '{}'),
  maxStoredBytes: 16 * 1024 ** 3,
});

process.on('message', (question) => {
  if (question === 'memory') {
    globalThis.gc?.();
    const { heapUsed, external, rss } = process.memoryUsage();
    process.send?.({ memory: { used: heapUsed + external, rss } });
  } else if (question === 'processor') {
    process.send?.({ processor: process.cpuUsage() });
  } else {
    void emulator.close().then(() => process.exit(0));
  }
});
process.send?.({ connectionString: emulator.connectionString });
