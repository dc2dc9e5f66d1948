import { type IncomingMessage, type ServerResponse } from 'node:http';

import { type Desk } from '../desk.js';
import { PAGE_FOLDER } from '../page-folder.js';
import { EntitySampler } from '../watch/entity-sampler.js';
import { FlowProbe } from '../watch/flow-probe.js';
import { type DeskApi } from './desk-api.js';
import { answerProblem, RequestProblem } from './exchange.js';
import { type DeskCaller, type DeskHandler, type DeskHandlerOptions } from './handler-options.js';
import { Jobs } from './jobs.js';
import { feedWith } from './live.js';
import { LiveFeed } from './live-feed.js';
import { MessageViews } from './message-views.js';
import { isOwnPage } from './own-page.js';
import { PageFiles } from './page-files.js';
import { ROUTES } from './routes.js';
import { SECURITY_HEADERS } from './security-headers.js';

/** [Express] Strips what it mounts a handler at from `url`. */
type MountedRequest = IncomingMessage & { readonly originalUrl?: string };

/** Requests at work at a time, streams of events aside: each may look at many messages. */
const MAX_AT_WORK = 40;
const API = 'api/';

/** Serves a desk's page and API, below a path. Starts to note the numbers of the entities, for the charts. */
export function createDeskHandler(desk: Desk, options: DeskHandlerOptions): DeskHandler {
  const server = new DeskServer(desk, options);
  return Object.assign(server.handle, { close: () => server.close() });
}

class DeskServer {
  private readonly api: DeskApi;
  private readonly files: PageFiles;
  private readonly endFeeding: () => void;
  private readonly atWork = new Map<ServerResponse, AbortController>();

  constructor(desk: Desk, options: DeskHandlerOptions) {
    const feed = new LiveFeed();
    const sampler = new EntitySampler((signal) => desk.entities(signal));
    this.api = {
      desk,
      options,
      feed,
      sampler,
      views: new MessageViews(options.bodies ?? 'shown', options.redact ?? []),
      flows: new FlowProbe(),
      jobs: new Jobs((job) => feed.tell('job', job)),
      audit: (line) => {
        try {
          options.audit?.(line);
        } catch {
          // What was begun must not depend on who writes it down.
        }
      },
    };
    this.files = new PageFiles(options.files ?? PAGE_FOLDER);
    this.endFeeding = feedWith(feed, sampler, options.handlers);
    sampler.start();
  }

  readonly handle = (request: IncomingMessage, response: ServerResponse, next?: () => void): void => {
    const { basePath } = this.api.options;
    const { pathname, searchParams } = urlOf(request);
    if (pathname === basePath && basePath !== '') {
      response.writeHead(308, { Location: `${basePath}/` }).end();
      return;
    }
    if (!pathname.startsWith(`${basePath}/`)) {
      if (next) next();
      else response.writeHead(404).end();
      return;
    }
    for (const [name, value] of SECURITY_HEADERS) response.setHeader(name, value);
    const name = pathname.slice(basePath.length + 1);
    const answered = name.startsWith(API)
      ? this.answer(request, response, name.slice(API.length), searchParams)
      : this.answerFile(request, response, name);
    answered.catch((error: unknown) => answerProblem(response, error));
  };

  async close(): Promise<void> {
    const { feed, sampler, jobs } = this.api;
    this.endFeeding();
    feed.close();
    for (const controller of this.atWork.values()) controller.abort(new Error('the desk is closed'));
    await Promise.all([jobs.close(), sampler.close()]);
  }

  private async answerFile(request: IncomingMessage, response: ServerResponse, name: string): Promise<void> {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      throw new RequestProblem(405, 'the page is only read');
    }
    if (await this.files.answer(request, response, name)) return;
    throw new RequestProblem(404, name === '' ? 'the page was not built' : 'there is no such file');
  }

  private async answer(
    request: IncomingMessage,
    response: ServerResponse,
    name: string,
    query: URLSearchParams,
  ): Promise<void> {
    const { method = '' } = request;
    if (!isOwnPage(request)) {
      throw new RequestProblem(403, 'this did not come from the desk’s own page: send X-Desk: 1');
    }
    const caller = await this.admit(request);
    const route = ROUTES.get(`${method} ${name}`);
    if (!route) throw new RequestProblem(404, `${method} ${name}: there is no such thing`);
    if (this.atWork.size >= MAX_AT_WORK) {
      response.setHeader('Retry-After', 1);
      throw new RequestProblem(503, `${MAX_AT_WORK} requests are at work: try again`);
    }
    const controller = new AbortController();
    const end = (): void => {
      this.atWork.delete(response);
      controller.abort(new Error('nobody waits for the answer'));
    };
    this.atWork.set(response, controller);
    response.once('close', end);
    try {
      await route(this.api, { request, response, query, caller, signal: controller.signal });
    } finally {
      this.atWork.delete(response);
    }
  }

  private async admit(request: IncomingMessage): Promise<DeskCaller> {
    const caller = await this.api.options.identify(request);
    if (!caller) throw new RequestProblem(401, 'who are you? Give an API key or a token');
    if (!caller.maySee) throw new RequestProblem(403, `${caller.name} may not look here`);
    return caller;
  }
}

function urlOf(request: MountedRequest): URL {
  // With a host of our own: that of the request may be anything.
  return new URL(`http://desk${request.originalUrl ?? request.url ?? '/'}`);
}
