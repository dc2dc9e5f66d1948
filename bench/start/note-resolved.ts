import { type InitializeHook, type ResolveHook } from 'node:module';
import { type MessagePort } from 'node:worker_threads';

let port: MessagePort;

export const initialize: InitializeHook<{ port: MessagePort }> = (data) => {
  port = data.port;
};

/** A loader hook that reports every imported module. */
export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  const resolved = await nextResolve(specifier, context);
  port.postMessage(resolved.url);
  return resolved;
};
