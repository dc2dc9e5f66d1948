import { DeskError, type DeskErrorCode } from '../desk-error.js';
import { type JobAnswer, type ProblemAnswer } from '../http/page-api.js';
import { retrying } from '../sdk/retrying.js';

/** Where a service has its desk, and who asks. */
export interface DeskServiceOptions {
  /** `https://host`, where the desk is at `/desk`, or the desk's own address. */
  readonly url: string;
  /** An API key, or a token. */
  readonly key: string | undefined;
}

const TIMEOUT_MS = 30_000;
const TOKEN = /^eyJ[\w-]*\.[\w-]*\.[\w-]*$/;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
const CODES: Readonly<Record<number, DeskErrorCode>> = {
  400: 'bad-input',
  401: 'not-allowed',
  403: 'not-allowed',
  404: 'not-found',
};

/** The desk of a running service: the changes that only a process with handlers can make. */
export class DeskService {
  private readonly base: URL;
  private readonly headers: Record<string, string>;

  /** @throws DeskError if it is no address that a key may be sent to */
  constructor({ url, key }: DeskServiceOptions) {
    if (!URL.canParse(url)) throw new DeskError(`${url}: this is no address of a service`, 'bad-input');
    const { protocol, hostname, origin, pathname } = new URL(url);
    const isSafe = protocol === 'https:' || (protocol === 'http:' && (LOOPBACK.has(hostname) || !key));
    if (!isSafe) throw new DeskError(`${origin}: a key is sent by https only`, 'bad-input');
    const path = pathname === '/' ? '/desk' : pathname.replace(/\/$/, '');
    this.base = new URL(`${path}/api/`, origin);
    this.headers = { 'X-Desk': '1', 'Content-Type': 'application/json', ...credentials(key) };
  }

  /** Begins a change. */
  start(request: object): Promise<JobAnswer> {
    return this.ask<JobAnswer>('POST', 'jobs', request);
  }

  /** How far it has come; a connection that fails for a moment is no end. */
  async look(id: string, signal: AbortSignal): Promise<JobAnswer> {
    const { jobs } = await retrying(() => this.ask<{ jobs: readonly JobAnswer[] }>('GET', 'jobs'), signal);
    const job = jobs.find((one) => one.id === id);
    if (job) return job;
    throw new DeskError(`the service knows nothing of job ${id} any more: it was started anew`, 'not-found');
  }

  /** Has a change stop after what it is in the middle of. */
  async stop(id: string): Promise<void> {
    await this.ask('POST', 'jobs/stop', { id });
  }

  private async ask<Answer>(method: string, name: string, content?: object): Promise<Answer> {
    const response = await fetch(new URL(name, this.base), {
      method,
      headers: this.headers,
      // A key must not go where it was not meant to.
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(content && { body: JSON.stringify(content) }),
    }).catch((cause: unknown) => {
      throw new DeskError(`${this.base.origin} does not answer: ${causeOf(cause)}`, 'not-connected', {
        cause,
      });
    });
    const answer = (await response.json().catch(() => ({}))) as Answer & Partial<ProblemAnswer>;
    if (response.ok) return answer;
    const { status } = response;
    const problem = answer.problem ?? (status === 404 ? 'it has no desk there' : 'it says no more');
    throw new DeskError(`${this.base.origin} (${status}): ${problem}`, CODES[status] ?? 'broker');
  }
}

function credentials(key: string | undefined): Record<string, string> {
  if (key === undefined) return {};
  return TOKEN.test(key) ? { Authorization: `Bearer ${key}` } : { 'X-Api-Key': key };
}

/** fetch says "fetch failed", and the reason in its cause. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
}
