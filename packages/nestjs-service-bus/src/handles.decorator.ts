import { MessagePattern, EventPattern as NestEventPattern } from '@nestjs/microservices';

import { CONTRACT_WIRE, declareAtHandler } from './binding/handler-declaration.js';
import { ServiceBusConfigurationError } from './exceptions/service-bus-configuration.error.js';
import { type Contract, type RequestContract } from './contract/contract.js';
import { handledContract, markHandled } from './contract/contract-marks.js';
import { patternFor } from './binding/pattern.js';
import { SERVICE_BUS_TRANSPORT } from './binding/service-bus-transport.js';

/** Options of `@Handles`. */
export interface HandlesOptions {
  /**
   * The pattern of the binding whose messages these are. Default: the contract's destination, where that is a name, else
   * the contract's own name; the name of a connection stands before it: `reports:orders`.
   */
  readonly binding?: string;
  /** The `name` of the `forRoot` whose namespace the messages come from. Default: that of the one without a name. */
  readonly connection?: string;
}

/** A method that takes these payloads as its first parameter, or as an array of them in a binding with `batch`. */
type HandlerOf<Payload, Result, Results> =
  ((payload: Payload, ...others: never[]) => Result) | ((payloads: Payload[], ...others: never[]) => Results);

/**
 * Makes a controller's method the handler of a contract's messages: those of its subject, of the queue that the contract
 * names, or of the binding that the options name. The compiler refuses a method whose first parameter is not the
 * contract's payload, or that does not return its result.
 */
export function Handles<Payload, Result>(
  contract: RequestContract<Payload, Result>,
  options?: HandlesOptions,
): <
  Handler extends HandlerOf<
    Payload,
    Result | Promise<Result> | Subscribable<Result>,
    readonly Result[] | Promise<readonly Result[]>
  >,
>(
  target: object,
  method: string | symbol,
  descriptor: TypedPropertyDescriptor<Handler>,
) => void;
export function Handles<Payload>(
  contract: Contract<Payload>,
  options?: HandlesOptions,
): <Handler extends HandlerOf<Payload, unknown, unknown>>(
  target: object,
  method: string | symbol,
  descriptor: TypedPropertyDescriptor<Handler>,
) => void;
export function Handles(contract: Contract, options: HandlesOptions = {}): MethodDecorator {
  const { to, name, subject, result, wire } = contract;
  const { connection } = options;
  const own = to === undefined ? name : patternFor(typeof to === 'string' ? to : name, connection);
  const binding = options.binding ?? own;
  return (target, method, descriptor) => {
    const handler = descriptor.value as object;
    const other = handledContract(handler);
    if (other) {
      throw new ServiceBusConfigurationError([
        `${target.constructor.name}.${String(method)} handles the contracts "${other.name}" and "${name}": ` +
          'give each a method of its own',
      ]);
    }
    const register: typeof MessagePattern = result === undefined ? NestEventPattern : MessagePattern;
    const extras = wire ? { [CONTRACT_WIRE]: wire } : {};
    register({ binding, subject }, SERVICE_BUS_TRANSPORT, extras)(target, method, descriptor);
    markHandled(handler, contract);
    // A name is the binding's already; what it reads is declared with it.
    const isNamed = typeof to === 'string' && connection === undefined;
    const queue = options.binding === undefined && to !== undefined && !isNamed ? { queue: to } : {};
    const declared = connection === undefined ? queue : { ...queue, connection };
    if (Object.keys(declared).length > 0) declareAtHandler(handler, { by: 'Handles', options: declared });
  };
}

/** What an Observable has, of whichever version of RxJS. */
interface Subscribable<Value> {
  subscribe(observer: { next?: (value: Value) => void }): unknown;
}
