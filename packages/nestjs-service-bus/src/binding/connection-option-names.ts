import { type RetryOptions } from '@azure/service-bus';

import { type ConnectionOptions } from '../sdk/index.js';
import { type OptionNames, unknownOptions } from './unknown-options.js';

/** Every option that says how to reach a namespace, and how to talk to it. */
export const CONNECTION_OPTIONS: OptionNames<ConnectionOptions> = {
  connectionString: true,
  administrationConnectionString: true,
  fullyQualifiedNamespace: true,
  credential: true,
  retryOptions: true,
  clientOptions: true,
  fastLane: true,
  maxSilenceMs: true,
};

const RETRY_OPTIONS: OptionNames<RetryOptions> = {
  maxRetries: true,
  retryDelayInMs: true,
  maxRetryDelayInMs: true,
  mode: true,
  timeoutInMs: true,
};

/** What is wrong with the time that a connection may be silent. */
export function silenceProblems({ maxSilenceMs }: Partial<ConnectionOptions> = {}): string[] {
  if (maxSilenceMs === undefined) return [];
  if (Number.isFinite(maxSilenceMs) && maxSilenceMs >= 1_000) return [];
  return [`maxSilenceMs is ${maxSilenceMs}, allowed is a number from 1000`];
}

/** One problem for each option of the SDK's retries that is not known. */
export function unknownRetryOptions(options: RetryOptions | undefined): string[] {
  return unknownOptions(options, RETRY_OPTIONS, 'retryOptions.');
}
