import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo } from 'node:net';
import { userInfo } from 'node:os';

import { type Command } from 'commander';

import { DeskError } from '../desk-error.js';
import { createDeskHandler } from '../http/desk-handler.js';
import { type AuditLine, type DeskCaller } from '../http/handler-options.js';
import { oneLine } from '../message/printable.js';
import { type CommandContext, type Run } from './context.js';
import { collect, readPort } from './read-options.js';

const PORT = 5380;

interface PageFlags {
  readonly port: number;
  readonly readOnly?: boolean;
  readonly hideBodies?: boolean;
  readonly redact?: readonly string[];
}

/** Adds `page`. */
export function addPage(program: Command, run: Run): void {
  program
    .command('page')
    .description('serves the desk as a page in the browser, to this machine only')
    .option('--port <port>', 'at this port of 127.0.0.1; 0 for a free one', readPort, PORT)
    .option('--read-only', 'look only: nothing can be changed')
    .option('--hide-bodies', 'bodies of messages are not shown')
    .option('--redact <property>', 'the value of this application property is not shown', collect)
    .action((flags: PageFlags, command: Command) => run(command, (context) => servePage(context, flags)));
}

/** Serves until it is interrupted. Whoever wants in needs the key that is printed: others use this machine, too. */
async function servePage(
  { desk, output, surroundings: { signal } }: CommandContext,
  { port, readOnly, hideBodies, redact }: PageFlags,
): Promise<void> {
  const key = randomBytes(16).toString('hex');
  const caller: DeskCaller = { name: userInfo().username, maySee: true, mayChange: readOnly !== true };
  const handler = createDeskHandler(desk, {
    basePath: '',
    identify: (request) => (hasKey(request, key) ? caller : undefined),
    audit: (line) => output.note(auditText(line)),
    bodies: hideBodies ? 'hidden' : 'shown',
    ...(redact && { redact }),
  });
  const server = createServer((request, response) => handler(request, response));
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening').catch((cause: unknown) => {
      throw new DeskError(`port ${port} cannot be had: choose another by --port`, 'bad-input', { cause });
    });
    const { port: actual } = server.address() as AddressInfo;
    // Behind the #: a browser sends that to nobody.
    const url = `http://127.0.0.1:${actual}/#key=${key}`;
    if (output.isJson) await output.json({ url });
    else await output.line(`${desk.host}: ${url}`);
    if (!signal.aborted) await once(signal, 'abort');
  } finally {
    await handler.close();
    server.close();
    server.closeAllConnections();
  }
}

function hasKey({ headers }: IncomingMessage, key: string): boolean {
  const given = headers['x-api-key'];
  return typeof given === 'string' && timingSafeEqual(digest(given), digest(key));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function auditText({ outcome, who, action, entity, ...others }: AuditLine): string {
  return oneLine(
    `${new Date().toISOString()} ${who} ${action} ${entity} ${outcome} ${JSON.stringify(others)}`,
  );
}
