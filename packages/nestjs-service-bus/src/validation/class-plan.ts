import {
  hasTransforms,
  type MetadataStorages,
  type Target,
  typedProperties,
  type TypeMetadata,
} from './metadata-storages.js';
import { type Condition, type PropertyPlan } from './property-plan.js';
import { toCheck } from './to-check.js';

type ValidationMetadata = ReturnType<MetadataStorages['validator']['getTargetValidationMetadatas']>[number];

/** How to create an instance of a class from plain data, and how to validate it. */
export interface ClassPlan {
  readonly type: new () => Record<string, unknown>;
  readonly properties: readonly PropertyPlan[];
  /** Properties that hold instances of other classes. */
  readonly nested: ReadonlyMap<string, ClassPlan>;
  /** All properties with a decorator: those that a whitelist keeps. */
  readonly known: ReadonlySet<string>;
}

/** The class, or a nested one, has decorators that only class-transformer and class-validator understand. */
class NoPlanError extends Error {
  override readonly name = 'NoPlanError';
}

/** Plans a class; returns undefined if its decorators are not simple enough. */
export function planClass(type: Target, storages: MetadataStorages): ClassPlan | undefined {
  try {
    return new Planner(storages).plan(type);
  } catch (error) {
    if (error instanceof NoPlanError) return undefined;
    throw error;
  }
}

class Planner {
  private readonly plans = new Map<Target, ClassPlan>();

  constructor(private readonly storages: MetadataStorages) {}

  plan(type: Target): ClassPlan {
    const planned = this.plans.get(type);
    // A class may contain itself: this plan may still be incomplete.
    if (planned) return planned;
    this.assertPlainTransformation(type);
    const byProperty = this.metadataOf(type);
    const properties: PropertyPlan[] = [];
    const nested = new Map<string, ClassPlan>();
    const known = new Set(byProperty.keys());
    const plan = { type: type as ClassPlan['type'], properties, nested, known };
    this.plans.set(type, plan);
    for (const [name, metadatas] of byProperty) {
      properties.push(this.planProperty(name, metadatas));
      const inner = this.nestedType(type, name, metadatas);
      if (inner) nested.set(name, this.plan(inner));
    }
    return plan;
  }

  /** Makes sure that class-transformer does no more than copy values and create the instances of `@Type`. */
  private assertPlainTransformation(type: Target): void {
    const { transformer } = this.storages;
    const isPlain =
      transformer.getStrategy(type) === 'none' &&
      transformer.getExposedMetadatas(type).length === 0 &&
      transformer.getExcludedMetadatas(type).length === 0 &&
      ancestorsOf(type).every((ancestor) => !hasTransforms(this.storages, ancestor));
    if (!isPlain) throw new NoPlanError();
  }

  private metadataOf(type: Target): ReadonlyMap<string, ValidationMetadata[]> {
    const metadatas = this.storages.validator.getTargetValidationMetadatas(type, '', false, false);
    // For a class without rules, the result depends on the options.
    if (metadatas.length === 0) throw new NoPlanError();
    const byProperty = new Map<string, ValidationMetadata[]>();
    for (const metadata of metadatas) {
      const others = byProperty.get(metadata.propertyName);
      if (others) others.push(metadata);
      else byProperty.set(metadata.propertyName, [metadata]);
    }
    // `@Type` on a property without rules still creates instances.
    for (const ancestor of ancestorsOf(type)) {
      for (const name of typedProperties(this.storages, ancestor)) {
        if (!byProperty.has(name)) throw new NoPlanError();
      }
    }
    return byProperty;
  }

  private planProperty(name: string, metadatas: readonly ValidationMetadata[]): PropertyPlan {
    const conditions: Condition[] = [];
    const checks: PropertyPlan['checks'][number][] = [];
    for (const metadata of metadatas) {
      switch (metadata.type) {
        case 'conditionalValidation':
          conditions.push((metadata.constraints as [Condition])[0]);
          break;
        case 'whitelistValidation':
        case 'nestedValidation':
          break;
        case 'customValidation':
        case 'isDefined':
          checks.push(...this.toChecks(metadata));
          break;
        default:
          throw new NoPlanError();
      }
    }
    return { name, conditions, checks };
  }

  private toChecks(metadata: ValidationMetadata): PropertyPlan['checks'] {
    const constraints = this.storages.validator.getTargetValidatorConstraints(metadata.constraintCls);
    return constraints.map((constraint) => {
      if (constraint.async) throw new NoPlanError();
      return toCheck(metadata, constraint.instance);
    });
  }

  /** The class of `@ValidateNested() @Type(() => Item)`; undefined for a property that holds no instances. */
  private nestedType(
    owner: Target,
    name: string,
    metadatas: readonly ValidationMetadata[],
  ): Target | undefined {
    const isNested = metadatas.some(({ type }) => type === 'nestedValidation');
    const typed = this.storages.transformer.findTypeMetadata(owner, name);
    if (!isNested && !typed) return undefined;
    // A whitelist does not descend into a property that a condition excludes. With isOptional, there is no value.
    const isConditional = metadatas.some(
      (each) => each.type === 'conditionalValidation' && each.name !== 'isOptional',
    );
    const type = isNested && typed && !isConditional ? constantTypeOf(typed) : undefined;
    if (!type) throw new NoPlanError();
    return type;
  }
}

/** The type, if it does not depend on the value and is a class of the application. */
function constantTypeOf({ typeFunction, options, reflectedType }: TypeMetadata): Target | undefined {
  if (!typeFunction || typeFunction.length > 0 || options?.discriminator) return undefined;
  const type = typeFunction();
  // A property may also hold an array, set or map of instances; of these, only an array is plain data.
  const isPlainHolder = reflectedType === type || reflectedType === Array || reflectedType === Object;
  return typeof type === 'function' && isPlainHolder && !BUILT_IN.has(type) ? type : undefined;
}

const BUILT_IN = new Set<Target>([String, Number, Boolean, Date, Array, Object, Map, Set, Buffer]);

function ancestorsOf(type: Target): Target[] {
  const ancestors: Target[] = [];
  for (let each: unknown = type; typeof each === 'function'; each = Object.getPrototypeOf(each)) {
    ancestors.push(each);
  }
  return ancestors;
}
