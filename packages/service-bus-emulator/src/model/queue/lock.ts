import { type Receiver } from './receiver.js';

/** The right to settle a message, for one delivery and for a time. */
export interface Lock {
  readonly id: number;
  untilMs: number;
  /** Who holds it; undefined for a lock taken through the management node. */
  readonly holder: Receiver | undefined;
}
