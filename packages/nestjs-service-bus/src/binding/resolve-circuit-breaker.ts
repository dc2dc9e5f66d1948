import { type CircuitBreakerPolicy, DEFAULT_CIRCUIT_BREAKER_POLICY } from '../receive/circuit-breaker.js';
import { type BindingOptions } from './binding.js';
import { withDefaults } from './with-defaults.js';

const DAY_MS = 86_400_000;

/** The circuit breaker of a binding with every choice made, or undefined where it has none. */
export function resolveCircuitBreaker({ circuitBreaker }: BindingOptions): CircuitBreakerPolicy | undefined {
  if (circuitBreaker === undefined || circuitBreaker === false) return undefined;
  return withDefaults(DEFAULT_CIRCUIT_BREAKER_POLICY, circuitBreaker === true ? {} : circuitBreaker);
}

/** What is wrong with it, one line for each problem. */
export function circuitBreakerProblems(options: BindingOptions): string[] {
  const policy = resolveCircuitBreaker(options);
  if (!policy) return [];
  const problems: string[] = [];
  // Order inside a session leaves no message to try meanwhile.
  if (options.sessions)
    problems.push('has sessions and circuitBreaker: that is for entities without sessions');
  const check = (name: keyof CircuitBreakerPolicy, isRight: boolean, allowed: string): void => {
    if (!isRight) problems.push(`circuitBreaker.${name} is ${policy[name]}, allowed is ${allowed}`);
  };
  const isWhole = (value: number, max: number): boolean =>
    Number.isInteger(value) && value >= 1 && value <= max;
  check('minMessages', isWhole(policy.minMessages, 1_000_000), 'a whole number from 1 to 1000000');
  check('windowMs', isWhole(policy.windowMs, DAY_MS), `a whole number from 1 to ${DAY_MS}`);
  check('pauseMs', isWhole(policy.pauseMs, DAY_MS), `a whole number from 1 to ${DAY_MS}`);
  const { failureRatio } = policy;
  check('failureRatio', failureRatio > 0 && failureRatio <= 1, 'a number above 0, to 1');
  return problems;
}
