import {
  type ArgumentMetadata,
  Injectable,
  Optional,
  type Type,
  ValidationPipe,
  type ValidationPipeOptions,
} from '@nestjs/common';

import { type ClassPlan, planClass } from './class-plan.js';
import { instantiate, type Unknowns } from './instantiate.js';
import { isValid } from './is-valid.js';
import { loadStorages, type MetadataStorages, type Target } from './metadata-storages.js';

/** They say what becomes of an invalid value, and nothing of a valid one. */
const INDIFFERENT = new Set<string>([
  'disableErrorMessages',
  'dismissDefaultMessages',
  'errorFormat',
  'errorHttpStatusCode',
  'exceptionFactory',
  'expectedType',
  'forbidUnknownValues',
  'maxErrorMessagesLength',
  'stopAtFirstError',
  'transform',
  'validateCustomDecorators',
  'validationError',
  // They are looked at below.
  'whitelist',
  'forbidNonWhitelisted',
]);

/**
 * Nest's ValidationPipe, with the same options and the same results, and a tenth of its cost for what is valid: the
 * decorators of a class are read once, not for each value.
 *
 * It takes the short way for plain data and for classes whose decorators are class-validator's (custom ones that
 * answer at once included), nested ones with `@Type(() => Item)` too. Whatever that way does not find valid goes the
 * ValidationPipe's own way, from the beginning; so do groups, `@Transform`, `@Expose`, `@Exclude`, asynchronous
 * validators and all other options. A custom validator is thus asked twice about what it refuses.
 */
@Injectable()
export class QuickValidationPipe extends ValidationPipe {
  private readonly plans = new Map<Target, ClassPlan | undefined>();
  private readonly unknowns: Unknowns;
  private storages?: MetadataStorages;

  constructor(@Optional() options: ValidationPipeOptions = {}) {
    super(options);
    const { whitelist, forbidNonWhitelisted, transform } = options;
    this.unknowns = !whitelist ? 'keep' : forbidNonWhitelisted ? 'refuse' : 'drop';
    const others = Object.entries(options).filter(
      ([name, value]) => !INDIFFERENT.has(name) && value !== undefined,
    );
    // Without `transform`, an option of class-validator's makes the ValidationPipe return a copy of its own kind.
    const returnsValue = transform || Object.keys(this.validatorOptions).length <= 1;
    if (others.length === 0 && returnsValue) void this.prepare();
  }

  /** What Nest's pipe does: gives the value, or an instance of its class; rejects with what is wrong with it. */
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const instance = this.storages && this.accept(value, metadata, this.storages);
    if (!instance) return super.transform(value, metadata) as Promise<unknown>;
    return Promise.resolve(this.isTransformEnabled ? instance : value);
  }

  private async prepare(): Promise<void> {
    const storages = await loadStorages();
    if (storages) this.storages = storages;
  }

  /** A valid instance; undefined if there is no short way, or it does not lead to one. */
  private accept(value: unknown, metadata: ArgumentMetadata, storages: MetadataStorages): object | undefined {
    const metatype: unknown = this.expectedType ?? metadata.metatype;
    if (!isClass(metatype) || !this.toValidate({ ...metadata, metatype: metatype as Type })) return undefined;
    try {
      const plan = this.planOf(metatype, storages);
      const instance = plan && instantiate(plan, value, this.unknowns);
      return plan && instance && isValid(instance, plan) ? instance : undefined;
    } catch {
      // No plain data; or a constructor or a validator throws, and does so again where its error is expected.
      return undefined;
    }
  }

  private planOf(type: Target, storages: MetadataStorages): ClassPlan | undefined {
    const planned = this.plans.get(type);
    if (planned || this.plans.has(type)) return planned;
    const plan = planClass(type, storages);
    this.plans.set(type, plan);
    return plan;
  }
}

/** Some compilers give the object of an enum for a type. */
function isClass(metatype: unknown): metatype is Target {
  return typeof metatype === 'function' && typeof metatype.prototype === 'object';
}
