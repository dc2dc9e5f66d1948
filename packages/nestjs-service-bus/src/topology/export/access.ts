import { type DesiredEntity } from '../model/topology.js';

/** What an application does with entities, and what its load shows in. */
export interface Access {
  /** A queue, or a topic and its subscription. */
  readonly receivesFrom: readonly (readonly string[])[];
  /** Queues and topics. */
  readonly sendsTo: readonly string[];
  readonly scalesOn: readonly ScalingSource[];
  /** Bindings that also answer where messages say, which nothing here knows. */
  readonly repliesAnywhere: readonly string[];
}

/** An entity whose length says how much there is to do. */
export interface ScalingSource {
  readonly path: DesiredEntity['path'];
  /** How many of its messages a replica works on at once. */
  readonly atOnce: number;
}
