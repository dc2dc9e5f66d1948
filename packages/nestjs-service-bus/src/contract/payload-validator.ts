import { type ValidationError } from '@nestjs/common';

import { QuickValidationPipe } from '../validation/quick-validation.pipe.js';
import { describeValidationErrors } from '../validation/validation-problems.js';
import { InvalidPayloadError } from './invalid-payload.error.js';
import {
  isBytes,
  isList,
  itemOf,
  type PayloadClass,
  type PayloadType,
  simpleTypeOf,
} from './payload-type.js';

/** The part of class-validator's storage that tells whether a class has rules. */
interface RuleStorage {
  getTargetValidationMetadatas(
    type: PayloadClass,
    schema: string,
    always: boolean,
    strict: boolean,
  ): unknown[];
}

class Violations extends Error {
  constructor(readonly errors: readonly ValidationError[]) {
    super('violations');
  }
}

const METADATA = { type: 'body' } as const;

/** Validates payloads by their classes, where class-validator and class-transformer are installed. */
export class PayloadValidator {
  private readonly pipes = new Map<PayloadClass, QuickValidationPipe>();

  private constructor(private readonly rules: RuleStorage | undefined) {}

  /** Finds everything valid where `load` fails. */
  static async load(load: () => Promise<RuleStorage> = loadRules): Promise<PayloadValidator> {
    try {
      return new PayloadValidator(await load());
    } catch {
      return new PayloadValidator(undefined);
    }
  }

  /** False where the packages are not installed: then it finds everything valid. */
  get isInstalled(): boolean {
    return this.rules !== undefined;
  }

  /** Whether there is anything to check a value by. */
  hasRules(type: PayloadType): boolean {
    const item = itemOf(type);
    if (!this.rules || isBytes(item) || simpleTypeOf(item) !== undefined) return true;
    return this.rules.getTargetValidationMetadatas(item, '', false, false).length > 0;
  }

  /**
   * Returns the value as an instance of its class. Throws an InvalidPayloadError that names properties and rules; `what`
   * says in it which value that is.
   */
  async check(contract: string, type: PayloadType, value: unknown, what?: string): Promise<unknown> {
    if (!this.rules) return value;
    const problems: string[] = [];
    const checked = isList(type)
      ? await this.checkList(type[0], value, problems)
      : await this.checkItem(type, value, '', problems);
    if (problems.length > 0) throw new InvalidPayloadError(contract, problems, what);
    return checked;
  }

  private async checkList(item: PayloadClass, value: unknown, problems: string[]): Promise<unknown> {
    if (!Array.isArray(value)) {
      problems.push(`it is ${nameOfType(value)}, expected is an array`);
      return undefined;
    }
    return Promise.all(value.map((one, index) => this.checkItem(item, one, `${index}`, problems)));
  }

  private async checkItem(
    item: PayloadClass,
    value: unknown,
    path: string,
    problems: string[],
  ): Promise<unknown> {
    const expected = isBytes(item) ? 'bytes' : (simpleTypeOf(item) ?? 'an object');
    if (!isOf(expected, value)) {
      problems.push(`${path === '' ? 'it' : path} is ${nameOfType(value)}, expected is ${expected}`);
      return undefined;
    }
    if (expected !== 'an object') return value;
    try {
      return await this.pipeOf(item).transform(value, METADATA);
    } catch (error) {
      if (!(error instanceof Violations)) throw error;
      problems.push(...describeValidationErrors(error.errors, path));
      return undefined;
    }
  }

  private pipeOf(item: PayloadClass): QuickValidationPipe {
    let pipe = this.pipes.get(item);
    if (!pipe) {
      pipe = new QuickValidationPipe({
        transform: true,
        expectedType: item as new () => unknown,
        validationError: { target: false, value: false },
        exceptionFactory: (errors: ValidationError[]) => new Violations(errors),
      });
      this.pipes.set(item, pipe);
    }
    return pipe;
  }
}

async function loadRules(): Promise<RuleStorage> {
  // The second is what the first needs to make instances.
  const [{ getMetadataStorage }] = await Promise.all([
    import('class-validator'),
    import('class-transformer'),
  ]);
  return getMetadataStorage();
}

function isOf(expected: string, value: unknown): boolean {
  if (expected === 'bytes') return value instanceof Uint8Array;
  if (expected === 'an object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === expected && !Number.isNaN(value);
}

function nameOfType(value: unknown): string {
  if (value === null || value === undefined || Number.isNaN(value)) return String(value);
  return Array.isArray(value) ? 'an array' : typeof value;
}
