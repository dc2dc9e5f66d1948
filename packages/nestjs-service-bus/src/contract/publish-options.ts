import { type ServiceBusRecordOptions } from '../client/service-bus-record.js';
import { type OptionNames, unknownOptions } from '../binding/unknown-options.js';
import { ServiceBusConfigurationError } from '../exceptions/service-bus-configuration.error.js';

/** What one request has besides its payload. */
export type RequestOptions = Omit<ServiceBusRecordOptions, 'subject'> & {
  /** Another queue or topic than the contract's. */
  readonly to?: string;
};

/** What one published message has besides its payload. */
export type PublishOptions = RequestOptions & {
  /**
   * Messages of the same order arrive in the order of the calls. Once one of them has failed, those behind it fail with
   * a PredecessorFailedError and do not leave. Default: the order of the message's session, without that condition.
   */
  readonly order?: string;
};

/** What one prepared message has besides its payload. */
export type PrepareOptions = PublishOptions & {
  /** Compresses it as `publish` would. Default: false, since not everybody who sends messages can say so in them. */
  readonly compress?: boolean;
};

const PUBLISH_OPTIONS: OptionNames<PublishOptions> = {
  to: true,
  order: true,
  sessionId: true,
  scheduledEnqueueTimeUtc: true,
  timeToLive: true,
  applicationProperties: true,
  messageId: true,
  correlationId: true,
  delayMs: true,
};

// [Service Bus: what is longer is refused]
const MAX_IDENTIFIER_LENGTH = 128;

/** Throws a ServiceBusConfigurationError that names every option that is wrong. */
export function checkPublishOptions(contract: string, options: PublishOptions): void {
  const problems = unknownOptions(options, PUBLISH_OPTIONS);
  for (const name of ['sessionId', 'messageId'] as const)
    problems.push(...identifierProblems(name, options[name]));
  if (problems.length > 0) {
    throw new ServiceBusConfigurationError(problems.map((problem) => `contract "${contract}": ${problem}`));
  }
}

function identifierProblems(name: string, value: unknown): string[] {
  if (value === undefined || (name === 'messageId' && (typeof value === 'number' || Buffer.isBuffer(value))))
    return [];
  if (typeof value !== 'string' || value === '') {
    return [
      `${name} is ${value === '' ? 'empty' : typeof value}, and must be a text of 1 to ${MAX_IDENTIFIER_LENGTH} characters`,
    ];
  }
  if (value.length <= MAX_IDENTIFIER_LENGTH) return [];
  return [`${name} has ${value.length} characters, allowed are ${MAX_IDENTIFIER_LENGTH}`];
}
