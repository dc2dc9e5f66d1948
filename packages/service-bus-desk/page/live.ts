import {
  type BindingNumbers,
  type EntityNumbers,
  type JobAnswer,
  type SessionAnswer,
} from '../src/http/page-api.js';
import { asksForKey, get, Problem, readLive } from './api.js';
import { Store } from './store.js';

const AGAIN_MS = 2_000;

/** Whose desk this is; undefined until the server has said it. */
export const session = new Store<SessionAnswer | undefined>(undefined);
/** By name. */
export const entities = new Store<ReadonlyMap<string, EntityNumbers>>(new Map());
/** Why there are no entities to be seen. */
export const entitiesProblem = new Store<string | undefined>(undefined);
export const bindings = new Store<readonly BindingNumbers[]>([]);
/** By id, oldest first. */
export const jobs = new Store<ReadonlyMap<string, JobAnswer>>(new Map());
/** What is wrong with the connection; `undefined` while all is well. */
export const connection = new Store<string | undefined>('connecting…');

/** Follows what happens, and begins again whenever the stream ends. */
export async function follow(): Promise<void> {
  for (;;) {
    try {
      session.set(await get<SessionAnswer>('session'));
      connection.set(undefined);
      await readLive(
        {
          entities: ({ entities: all, problem }) => {
            entities.set(new Map(all.map((one) => [one.entity, one])));
            entitiesProblem.set(problem);
          },
          changes: ({ entities: changed, gone }) => {
            const next = new Map(entities.get());
            for (const one of changed) next.set(one.entity, one);
            for (const entity of gone) next.delete(entity);
            entities.set(next);
          },
          bindings: (all) => bindings.set(all),
          job: keepJob,
        },
        new AbortController().signal,
      );
      connection.set('the connection ended: trying again…');
    } catch (error) {
      connection.set(error instanceof Problem ? error.message : 'the desk does not answer: trying again…');
      if (error instanceof Problem && error.status === 401) await keyIsGiven();
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

export function keepJob(job: JobAnswer): void {
  jobs.set(new Map(jobs.get()).set(job.id, job));
}

async function keyIsGiven(): Promise<void> {
  while (asksForKey.get()) {
    await new Promise<void>((resolve) => {
      const unfollow = asksForKey.follow(() => {
        unfollow();
        resolve();
      });
    });
  }
}
