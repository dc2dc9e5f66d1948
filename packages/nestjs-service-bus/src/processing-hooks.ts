import { type Transport } from '@nestjs/microservices';

// The types of Nest's hooks, which `Server` does not have before @nestjs/microservices 11.1.

/** Is given each call of a handler, to begin it in a scope of its own. */
export type ProcessingStartHook = (
  transportId: Transport | symbol,
  context: unknown,
  done: () => Promise<unknown>,
) => void;

/** Is told that the call has ended. */
export type ProcessingEndHook = (transportId: Transport | symbol, context: unknown) => void;
