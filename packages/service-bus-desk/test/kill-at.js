import { open } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

// Loaded into a process before its program: kills the process, as `kill -9` does, at one of its writes to a file.

const { KILL_AT, KILL_BEFORE, KILL_DELAY_MS } = process.env;
const file = await open(fileURLToPath(import.meta.url));
const handles = Object.getPrototypeOf(file);
await file.close();

const { appendFile } = handles;
let writes = 0;
handles.appendFile = async function (...args) {
  const isIt = ++writes === Number(KILL_AT);
  if (isIt && KILL_BEFORE) process.kill(process.pid, 'SIGKILL');
  await appendFile.apply(this, args);
  // The next step may be on its way by then.
  if (isIt) void pause(Number(KILL_DELAY_MS)).then(() => process.kill(process.pid, 'SIGKILL'));
};
