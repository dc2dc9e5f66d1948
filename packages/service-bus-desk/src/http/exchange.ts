import { type IncomingMessage, type ServerResponse } from 'node:http';

import { DeskError, type DeskErrorCode } from '../desk-error.js';
import { describeError } from '../describe-error.js';
import { type DeskCaller } from './handler-options.js';
import { type ProblemAnswer } from './page-api.js';

/** A request to the API, by somebody who may look. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  readonly caller: DeskCaller;
  /** Fires when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** What is wrong with a request: a status and a line for people. */
export class RequestProblem extends Error {
  override readonly name = 'RequestProblem';

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const STATUS: Readonly<Record<DeskErrorCode, number>> = {
  'bad-input': 400,
  'not-allowed': 403,
  'not-found': 404,
  'canary-failed': 409,
  'held-limit': 409,
  journal: 409,
  'not-connected': 502,
  broker: 502,
};
const MAX_BODY_BYTES = 1024 * 1024;

export function answer(response: ServerResponse, status: number, content: object): void {
  const text = JSON.stringify(content);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
  });
  response.end(text);
}

/** Says what went wrong, where somebody still listens. */
export function answerProblem(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const content: ProblemAnswer = { problem: describeError(error) };
  answer(response, statusOf(error), content);
}

function statusOf(error: unknown): number {
  if (error instanceof RequestProblem) return error.status;
  return error instanceof DeskError ? STATUS[error.code] : 502;
}

/** Reads the object that a request brings. @throws RequestProblem */
export async function readObject(request: IncomingMessage): Promise<Record<string, unknown>> {
  if (!/^application\/json\s*(?:;|$)/i.test(request.headers['content-type'] ?? '')) {
    throw new RequestProblem(415, 'a request that changes something is application/json');
  }
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MAX_BODY_BYTES) throw new RequestProblem(413, 'more than 1 MiB: use the command for that');
    pieces.push(piece);
  }
  const value = parse(Buffer.concat(pieces).toString('utf8'));
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new RequestProblem(400, 'the request is no JSON object');
}

/** @throws RequestProblem */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RequestProblem(400, 'this is no JSON');
  }
}
