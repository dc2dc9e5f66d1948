import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { type INestApplicationContext } from '@nestjs/common';

import { compareDocuments, type ContractChange } from '../asyncapi/compare/compare-documents.js';
import { renderPage } from '../asyncapi/page/render-page.js';
import { type AsyncApiDocument } from '../asyncapi/schema/async-api-document.js';
import { describeMessages } from '../describe-messages.js';
import { ServiceBusConfigurationError } from '../exceptions/service-bus-configuration.error.js';
import { CommandError } from './command-error.js';

/** Where a command writes. */
interface Output {
  readonly output: { write(text: string): unknown };
}

/** Creates the application of a module that a file exports, without starting it. */
export type LoadApplication = (
  file: string,
  options: { readonly exportName?: string | undefined },
) => Promise<INestApplicationContext>;

/** The exit code where a change breaks somebody. */
const BREAKING = 2;

export const MESSAGES_USAGE = `asyncapi MODULE [--export NAME] [--title T] [--version V] [--html] [--output FILE]
  writes the messages of the application as an AsyncAPI 3.0 document, or as a page
contract check OLD.json MODULE|NEW.json [--export NAME] [--json]
  tells what has changed since the old document; exit code 2 where a change breaks somebody
`;

const OPTIONS = {
  export: { type: 'string' },
  title: { type: 'string' },
  version: { type: 'string' },
  html: { type: 'boolean' },
  json: { type: 'boolean' },
  output: { type: 'string' },
} as const;

/** `asyncapi MODULE`: prints the document, or the page. */
export async function runAsyncApi(
  args: readonly string[],
  streams: Output,
  load: LoadApplication,
): Promise<number> {
  const { values, positionals } = readArguments(args);
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0)
    throw usage('asyncapi takes one file: the one that exports the root module');
  const { title, version } = values;
  const app = await load(file, { exportName: values.export });
  const document = await describeMessages(app, {
    ...(title !== undefined && { title }),
    ...(version !== undefined && { version }),
  });
  const text = values.html ? renderPage(document) : `${JSON.stringify(document, undefined, 2)}\n`;
  if (values.output === undefined) streams.output.write(text);
  else await writeDocument(values.output, text);
  return 0;
}

/** `contract check OLD.json MODULE`: prints the changes; 2 where one breaks somebody. */
export async function runContract(
  args: readonly string[],
  streams: Output,
  load: LoadApplication,
): Promise<number> {
  const { values, positionals } = readArguments(args);
  const [verb, oldFile, nowFile, ...more] = positionals;
  if (verb !== 'check' || oldFile === undefined || nowFile === undefined || more.length > 0) {
    throw usage(
      'contract check takes the old document, and the new one or the file that exports the root module',
    );
  }
  const old = await readDocument(oldFile);
  const now = nowFile.endsWith('.json')
    ? await readDocument(nowFile)
    : await describeMessages(await load(nowFile, { exportName: values.export }));
  const changes = compareDocuments(old, now);
  streams.output.write(values.json ? `${JSON.stringify(changes, undefined, 2)}\n` : listOf(changes));
  return changes.some(({ isBreaking }) => isBreaking) ? BREAKING : 0;
}

function readArguments(args: readonly string[]): ReturnType<typeof parseMessagesArguments> {
  try {
    return parseMessagesArguments(args);
  } catch (error) {
    throw new CommandError(`${(error as Error).message}\n\n${MESSAGES_USAGE.trimEnd()}`);
  }
}

function parseMessagesArguments(
  args: readonly string[],
): ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>> {
  return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
}

async function writeDocument(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw usage(`${file} cannot be written: ${(error as Error).message}`);
  }
}

function listOf(changes: readonly ContractChange[]): string {
  if (changes.length === 0) return 'nothing has changed\n';
  const ordered = [...changes].sort((one, other) => Number(other.isBreaking) - Number(one.isBreaking));
  return ordered
    .map(({ message, change, isBreaking, reason }) => {
      const line = `${isBreaking ? 'breaking  ' : 'compatible'}  ${message}: ${change}`;
      return reason === undefined ? `${line}\n` : `${line} (${reason})\n`;
    })
    .join('');
}

async function readDocument(file: string): Promise<AsyncApiDocument> {
  let read: unknown;
  try {
    read = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw usage(`${file} cannot be read: ${(error as Error).message}`);
  }
  if (isDocument(read)) return read;
  throw usage(
    `${file} is no AsyncAPI 3 document: write one with "nestjs-service-bus asyncapi MODULE --output ${file}"`,
  );
}

function isDocument(value: unknown): value is AsyncApiDocument {
  const { asyncapi, channels, operations, components } = (value ?? {}) as Record<string, unknown>;
  const isMap = (one: unknown): boolean => typeof one === 'object' && one !== null;
  return (
    typeof asyncapi === 'string' &&
    asyncapi.startsWith('3.') &&
    [channels, operations, components].every(isMap) &&
    isMap((components as Record<string, unknown>)['messages']) &&
    isMap((components as Record<string, unknown>)['schemas'])
  );
}

/** One line that is all that somebody needs. */
function usage(problem: string): ServiceBusConfigurationError {
  return new ServiceBusConfigurationError([problem]);
}
