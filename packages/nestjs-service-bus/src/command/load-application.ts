import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { type INestApplicationContext } from '@nestjs/common';
import { ModulesContainer, NestFactory } from '@nestjs/core';

import { findRoots } from '../find-roots.js';
import { chooseExport } from './choose-export.js';
import { CommandError } from './command-error.js';
import { compileApplication } from './compile-application.js';

/**
 * Creates the application of a module that a file exports, without starting it: no hook of it runs, and nothing is
 * received. The export is a module's class, a dynamic module, or a function that gives one of them, or a promise.
 *
 * @param exportName default: the only export whose name ends with `Module`, or the default export
 */
export async function loadApplication(
  file: string,
  { exportName }: { readonly exportName?: string | undefined } = {},
): Promise<INestApplicationContext> {
  const exported = await importFile(path.resolve(file));
  const module = await moduleOf(chooseExport(exported, file, exportName));
  // A microservice needs no HTTP platform.
  const strategy = { listen: (done: () => void) => done(), close: () => undefined };
  const options = { strategy, logger: false, abortOnError: false } as const;
  const app = await NestFactory.createMicroservice(
    module as Parameters<typeof NestFactory.createMicroservice>[0],
    options,
  );
  if (findRoots(app.get(ModulesContainer, { strict: false })).length > 0) return app;
  throw new CommandError(
    `${file}: the application does not use Service Bus: add ServiceBusModule.forRoot to the imports of the root module`,
  );
}

async function importFile(file: string): Promise<Record<string, unknown>> {
  if (!existsSync(file))
    throw new CommandError(`there is no file ${file}: name the one that exports the root module`);
  const built = /\.[cm]?ts$/.test(file) ? compileApplication(file) : file;
  return (await import(pathToFileURL(built).href)) as Record<string, unknown>;
}

/** A class is a module; any other function makes one. */
async function moduleOf(exported: unknown): Promise<unknown> {
  if (typeof exported !== 'function') return exported;
  const isClass = /^class\b/.test(Function.prototype.toString.call(exported));
  return isClass ? exported : await (exported as () => unknown)();
}
