import { existsSync } from 'node:fs';

import { type Wrap } from '../broker/broker.js';
import { RabbitMqServer } from '../broker/rabbitmq-server.js';
import { peerFolder } from './peer-folder.js';

/** One implementation of the benchmark's work. */
export interface Candidate {
  readonly id: string;
  readonly title: string;
  readonly platform: 'service-bus' | 'rabbitmq';
  /** The compiled module, relative to this file. */
  readonly module: string;
  /** The folder of peers/ with its packages, if the project itself does not have them. */
  readonly peer?: string;
  readonly wrap: Wrap;
  /** Share of the messages that it gets: 1, or less for a candidate that would take minutes. */
  readonly share: number;
}

const plain: Wrap = (order) => order;

/** A comes first; B is the baseline of the ratios. */
export const CANDIDATES: readonly Candidate[] = [
  {
    id: 'A',
    title: 'our transport',
    platform: 'service-bus',
    module: './a-transport.js',
    wrap: plain,
    share: 1,
  },
  {
    id: 'A0',
    title: 'A without validation',
    platform: 'service-bus',
    module: './a0-unvalidated.js',
    wrap: plain,
    share: 1,
  },
  {
    id: 'AN',
    title: 'A with Nest’s ValidationPipe',
    platform: 'service-bus',
    module: './an-nest-validation.js',
    wrap: plain,
    share: 1,
  },
  {
    id: 'AM',
    title: 'A with metrics',
    platform: 'service-bus',
    module: './am-metrics.js',
    wrap: plain,
    share: 1,
  },
  {
    id: 'B',
    title: 'bare SDK, loop',
    platform: 'service-bus',
    module: './b-sdk-loop.js',
    wrap: plain,
    share: 1,
  },
  {
    id: 'C',
    title: 'bare SDK, batched by hand',
    platform: 'service-bus',
    module: './c-sdk-batches.js',
    wrap: plain,
    share: 1,
  },
  {
    id: 'C0',
    title: 'C without lock renewal',
    platform: 'service-bus',
    module: './c0-sdk-batches-unrenewed.js',
    wrap: plain,
    share: 1,
  },
  {
    id: 'D',
    title: 'Nest RMQ transport',
    platform: 'rabbitmq',
    module: '../peers/nest-rmq/candidate.js',
    peer: 'nest-rmq',
    wrap: (order) => ({ pattern: 'orders', data: order }),
    share: 1,
  },
  {
    id: 'E',
    title: '@golevelup/nestjs-rabbitmq',
    platform: 'rabbitmq',
    module: '../peers/golevelup/candidate.js',
    peer: 'golevelup',
    wrap: plain,
    share: 1,
  },
  {
    id: 'F',
    title: 'nestjs-azure-service-bus-transporter',
    platform: 'service-bus',
    module: '../peers/transporter/candidate.js',
    peer: 'transporter',
    wrap: plain,
    share: 0.1,
  },
];

/** Why a candidate cannot run on this machine; undefined if it can. */
export function absence({ platform, peer }: Candidate): string | undefined {
  if (platform === 'rabbitmq' && !RabbitMqServer.isInstalled()) {
    return 'rabbitmq-server is not installed (Debian: apt-get install rabbitmq-server)';
  }
  // The benchmark drives RabbitMQ with the packages of the nest-rmq candidate.
  const needed = [peer, platform === 'rabbitmq' ? 'nest-rmq' : undefined];
  for (const name of needed) {
    if (name !== undefined && !existsSync(`${peerFolder(name)}/node_modules`)) {
      return `its packages are not installed (npm run bench -- --install)`;
    }
  }
  return undefined;
}
