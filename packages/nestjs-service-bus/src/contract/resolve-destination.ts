import { type ProviderLookup } from '../binding/handler-declaration.js';
import { describeError } from '../exceptions/describe-error.js';
import { ServiceBusConfigurationError } from '../exceptions/service-bus-configuration.error.js';
import { type Contract } from './contract.js';

/** The queue or topic that a contract names; undefined if it names none. Throws a ServiceBusConfigurationError. */
export function resolveDestination({ name, to }: Contract, get: ProviderLookup): string | undefined {
  if (to === undefined || typeof to === 'string') return to;
  let given: unknown;
  try {
    given = typeof to === 'function' ? to(get) : get(to.token);
  } catch (error) {
    throw wrongDestination(name, `could not be found: ${describeError(error)}`);
  }
  if (typeof given === 'string' && given !== '') return given;
  throw wrongDestination(
    name,
    `is ${given === '' ? 'empty' : typeof given}, and must be the name of a queue or topic`,
  );
}

function wrongDestination(name: string, problem: string): ServiceBusConfigurationError {
  return new ServiceBusConfigurationError([`contract "${name}": its destination "to" ${problem}`]);
}
