import { type IncomingMessage, type ServerResponse } from 'node:http';

/** Injects the pages that the application's modules provide: an array. */
export const PAGES = Symbol('PAGES');

/** Something with paths of its own, which is given requests as they came; it passes on what is not its own. */
export interface Page {
  /** Callers are known by then, and their number is bounded. */
  readonly handle: (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
}
