import {
  type ArgumentMetadata,
  Injectable,
  Optional,
  type Type,
  ValidationPipe,
  type ValidationPipeOptions,
} from '@nestjs/common';

import { type ClassPlan, planClass } from './class-plan.js';
import { instantiate, type UnknownProperties } from './instantiate.js';
import { isValid } from './is-valid.js';
import { loadStorages, type MetadataStorages, type Target } from './metadata-storages.js';

/** Options that only matter for an invalid value. */
const FAILURE_OPTIONS = new Set<string>([
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
  // Handled below.
  'whitelist',
  'forbidNonWhitelisted',
]);

/**
 * Nest's ValidationPipe, with the same options and the same results, at a tenth of the cost for valid values: it reads
 * the decorators of a class once, not for each value.
 *
 * The quick path is for plain data and for classes with class-validator's decorators, including synchronous custom
 * ones, and nested classes with `@Type(() => Item)`. A value that it does not find valid is validated again, from
 * scratch, by the ValidationPipe; so is everything that involves groups, `@Transform`, `@Expose`, `@Exclude`,
 * asynchronous validators or other options. A custom validator is thus called twice for a value that it rejects.
 */
@Injectable()
export class QuickValidationPipe extends ValidationPipe {
  private readonly plans = new Map<Target, ClassPlan | undefined>();
  private readonly unknownProperties: UnknownProperties;
  private storages?: MetadataStorages;

  constructor(@Optional() options: ValidationPipeOptions = {}) {
    super(options);
    const { whitelist, forbidNonWhitelisted, transform } = options;
    this.unknownProperties = !whitelist ? 'keep' : forbidNonWhitelisted ? 'forbid' : 'drop';
    const others = Object.entries(options).filter(
      ([name, value]) => !FAILURE_OPTIONS.has(name) && value !== undefined,
    );
    // Without `transform`, any option for class-validator makes the ValidationPipe return a copy.
    const returnsValue = transform || Object.keys(this.validatorOptions).length <= 1;
    if (others.length === 0 && returnsValue) void this.prepare();
  }

  /** What Nest's pipe does: gives the value, or an instance of its class; rejects with what is wrong with it. */
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const instance = this.storages && this.validateQuickly(value, metadata, this.storages);
    if (!instance) return super.transform(value, metadata) as Promise<unknown>;
    return Promise.resolve(this.isTransformEnabled ? instance : value);
  }

  private async prepare(): Promise<void> {
    const storages = await loadStorages();
    if (storages) this.storages = storages;
  }

  /** Returns a valid instance; undefined if the quick path does not apply or finds the value invalid. */
  private validateQuickly(
    value: unknown,
    metadata: ArgumentMetadata,
    storages: MetadataStorages,
  ): object | undefined {
    const metatype: unknown = this.expectedType ?? metadata.metatype;
    if (!isClass(metatype) || !this.toValidate({ ...metadata, metatype: metatype as Type })) return undefined;
    try {
      const plan = this.planOf(metatype, storages);
      const instance = plan && instantiate(plan, value, this.unknownProperties);
      return plan && instance && isValid(instance, plan) ? instance : undefined;
    } catch {
      // Not plain data, or a constructor or validator threw: the ValidationPipe will report its error.
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

/** Some compilers emit an enum's object as the type. */
function isClass(metatype: unknown): metatype is Target {
  return typeof metatype === 'function' && typeof metatype.prototype === 'object';
}
