import { type ValidationArguments } from 'class-validator';

import { type Check, type Condition } from './property-plan.js';

/** A property's decorator, as class-validator stores it. */
interface Rule {
  readonly propertyName: string;
  readonly constraints: readonly unknown[] | undefined;
  readonly each?: boolean;
  readonly validateIf?: Condition | undefined;
}

interface Validator {
  validate(value: unknown, details?: ValidationArguments): unknown;
}

/** Turns one decorator's rule into a function. Unless it returns true, class-validator has to explain the failure. */
export function toCheck(rule: Rule, validator: Validator): Check {
  const { validateIf, each } = rule;
  const isValid: Check = (value, object) => {
    const details = {
      targetName: object.constructor.name,
      property: rule.propertyName,
      object,
      value,
      constraints: rule.constraints as unknown[],
    };
    if (!each || !Array.isArray(value)) return isTrue(validator.validate(value, details));
    return value.every((item) => isTrue(validator.validate(item, details)));
  };
  if (!validateIf) return isValid;
  return (value, object) => !validateIf(object, value) || isValid(value, object);
}

function isTrue(answer: unknown): boolean {
  if (!isThenable(answer)) return Boolean(answer);
  // Swallow a rejection: class-validator will call the validator again.
  answer.then(undefined, () => undefined);
  return false;
}

function isThenable(answer: unknown): answer is PromiseLike<unknown> {
  return typeof (answer as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function';
}
