import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PROGRAM = fileURLToPath(new URL('./broker-process.js', import.meta.url));
const START_PROGRAM = fileURLToPath(new URL('./start-process.js', import.meta.url));

/** Milliseconds that the first and the second start of an emulator take in a process of their own. */
export async function timeStarts(host) {
  const { stdout } = await promisify(execFile)(process.execPath, [START_PROGRAM, host]);
  return JSON.parse(stdout);
}

/** Starts the emulator with these entities in a child process. */
export async function startBroker(entities) {
  const child = fork(PROGRAM, [JSON.stringify(entities)], {
    execArgv: ['--expose-gc', '--max-old-space-size=12000'],
  });
  const [{ connectionString }] = await once(child, 'message');
  const ask = async (question) => {
    child.send(question);
    const [answer] = await once(child, 'message');
    return answer[question];
  };
  return {
    connectionString,
    /** Bytes in use after a garbage collection, and the resident set. */
    memory: () => ask('memory'),
    /** Microseconds of processor time used so far. */
    processor: () => ask('processor'),
    close: async () => {
      child.send('close');
      await once(child, 'exit');
    },
  };
}
