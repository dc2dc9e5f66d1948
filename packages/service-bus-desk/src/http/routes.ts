import { cancelScheduled, send, startJob, stopJob } from './changing.js';
import { type DeskApi } from './desk-api.js';
import { type Exchange } from './exchange.js';
import { jobs, live } from './live.js';
import { groups, history, message, messages, probe, session, sessions } from './looking.js';
import { matchRules, rules } from './rules.js';
import { sessionState } from './session-state.js';

/** Answers a request; what it throws is answered as a problem. */
export type Route = (api: DeskApi, exchange: Exchange) => Promise<void> | void;

/** All that there is below `api/`. What only looks may be asked by everybody who may look. */
export const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['GET session', session],
  ['GET live', live],
  ['GET history', history],
  ['GET probe', probe],
  ['GET groups', groups],
  ['GET messages', messages],
  ['GET message', message],
  ['GET sessions', sessions],
  // It holds the session for a moment: not what a link may do.
  ['POST session-state', sessionState],
  ['GET rules', rules],
  ['POST rules/match', matchRules],
  ['GET jobs', jobs],
  ['POST jobs', startJob],
  ['POST jobs/stop', stopJob],
  ['POST send', send],
  ['POST scheduled/cancel', cancelScheduled],
]);
