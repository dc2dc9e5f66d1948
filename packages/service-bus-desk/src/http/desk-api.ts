import { type Desk } from '../desk.js';
import { type EntitySampler } from '../watch/entity-sampler.js';
import { type FlowProbe } from '../watch/flow-probe.js';
import { type AuditLine, type DeskHandlerOptions } from './handler-options.js';
import { type Jobs } from './jobs.js';
import { type LiveFeed } from './live-feed.js';
import { type MessageViews } from './message-views.js';

/** What the answers of the API are made from. */
export interface DeskApi {
  readonly desk: Desk;
  readonly options: DeskHandlerOptions;
  readonly views: MessageViews;
  readonly sampler: EntitySampler;
  readonly flows: FlowProbe;
  readonly feed: LiveFeed;
  readonly jobs: Jobs;
  /** Never throws: what was begun goes on, whatever becomes of the line. */
  audit(line: AuditLine): void;
}
