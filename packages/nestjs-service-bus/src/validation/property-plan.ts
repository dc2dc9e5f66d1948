/** Decides whether a property is validated at all: `@IsOptional`, `@ValidateIf`. */
export type Condition = (object: object, value: unknown) => boolean;

/** Checks a value against one decorator's rule. */
export type Check = (value: unknown, object: object) => boolean;

/** The rules of one property. */
export interface PropertyPlan {
  readonly name: string;
  readonly conditions: readonly Condition[];
  readonly checks: readonly Check[];
}
