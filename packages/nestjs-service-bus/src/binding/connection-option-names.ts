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
};

const RETRY_OPTIONS: OptionNames<RetryOptions> = {
  maxRetries: true,
  retryDelayInMs: true,
  maxRetryDelayInMs: true,
  mode: true,
  timeoutInMs: true,
};

/** One problem for each option of the SDK's retries that is not known. */
export function unknownRetryOptions(options: RetryOptions | undefined): string[] {
  return unknownOptions(options, RETRY_OPTIONS, 'retryOptions.');
}
