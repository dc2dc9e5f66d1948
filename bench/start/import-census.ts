import { createRequire, register } from 'node:module';
import { MessageChannel } from 'node:worker_threads';

// The built package.
const LIBRARY = 'nestjs-service-bus';

// Prints the packages that importing the library loads, as JSON.
const loaded = new Set<string>();
const { port1, port2 } = new MessageChannel();
port1.on('message', (url: string) => loaded.add(url));
port1.unref();
register('./note-resolved.js', {
  parentURL: import.meta.url,
  data: { port: port2 },
  transferList: [port2],
});

const before = performance.now();
await import(LIBRARY);
const importMs = performance.now() - before;
await new Promise((resolve) => setTimeout(resolve, 100));
for (const file of Object.keys(createRequire(import.meta.url).cache)) loaded.add(file);
const packages = [...loaded].flatMap(
  (place) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(place)?.[1] ?? [],
);
process.stdout.write(JSON.stringify({ importMs, packages: [...new Set(packages)].sort() }));
process.exit(0);
