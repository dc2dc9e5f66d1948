import { type InitializeHook, type ResolveHook } from 'node:module';
import { type MessagePort } from 'node:worker_threads';

let port: MessagePort;

export const initialize: InitializeHook<{ port: MessagePort }> = (data) => {
  port = data.port;
};

/** A loader's hook that tells of every module that is loaded by import. */
export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  const resolved = await nextResolve(specifier, context);
  port.postMessage(resolved.url);
  return resolved;
};
