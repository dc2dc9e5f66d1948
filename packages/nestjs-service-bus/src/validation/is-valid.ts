import { type ClassPlan } from './class-plan.js';
import { type PropertyPlan } from './property-plan.js';

/** Whether an instance and all nested ones obey the rules of their decorators. */
export function isValid(instance: Record<string, unknown>, plan: ClassPlan): boolean {
  for (const property of plan.properties) {
    const value = instance[property.name];
    if (!isValidated(instance, value, property)) continue;
    for (const check of property.checks) {
      if (!check(value, instance)) return false;
    }
    const inner = plan.nested.get(property.name);
    if (inner && !areValid(value, inner)) return false;
  }
  return true;
}

function isValidated(instance: object, value: unknown, { conditions }: PropertyPlan): boolean {
  for (const condition of conditions) {
    if (!condition(instance, value)) return false;
  }
  return true;
}

/** [class-validator] A nested `undefined` is not validated; a nested null is invalid. */
function areValid(value: unknown, plan: ClassPlan): boolean {
  if (value === undefined) return true;
  if (value === null) return false;
  if (!Array.isArray(value)) return isValid(value as Record<string, unknown>, plan);
  return value.every((item) => isValid(item as Record<string, unknown>, plan));
}
