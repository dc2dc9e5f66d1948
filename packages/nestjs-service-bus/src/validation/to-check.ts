import { type ValidationArguments } from 'class-validator';

import { type Check, type Condition } from './property-plan.js';

/** A decorator on a property, as class-validator notes it. */
interface Rule {
  readonly propertyName: string;
  readonly constraints: readonly unknown[] | undefined;
  readonly each?: boolean;
  readonly validateIf?: Condition | undefined;
}

interface Validator {
  validate(value: unknown, details?: ValidationArguments): unknown;
}

/** One decorator's rule as a function that says yes; anything but a plain yes is for class-validator to explain. */
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
    if (!each || !Array.isArray(value)) return isYes(validator.validate(value, details));
    return value.every((item) => isYes(validator.validate(item, details)));
  };
  if (!validateIf) return isValid;
  return (value, object) => !validateIf(object, value) || isValid(value, object);
}

function isYes(answer: unknown): boolean {
  if (!isThenable(answer)) return Boolean(answer);
  // It is asked again, by class-validator.
  answer.then(undefined, () => undefined);
  return false;
}

function isThenable(answer: unknown): answer is PromiseLike<unknown> {
  return typeof (answer as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function';
}
