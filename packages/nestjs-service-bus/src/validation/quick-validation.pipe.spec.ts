import { type ArgumentMetadata, ValidationPipe, type ValidationPipeOptions } from '@nestjs/common';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Expose, Transform, Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsEmail,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  registerDecorator,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import fc from 'fast-check';

import { planClass } from './class-plan.js';
import { loadStorages, type MetadataStorages } from './metadata-storages.js';
import { QuickValidationPipe } from './quick-validation.pipe.js';

/** How often each custom validator was called. */
const asked = { even: 0 };

function IsEven(): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'isEven',
      target: target.constructor,
      propertyName: String(property),
      validator: {
        validate: (value, details) => {
          asked.even++;
          return Number(value) % 2 === 0 && details?.property === property;
        },
      },
    });
}

function IsEvenLater(): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'isEvenLater',
      target: target.constructor,
      propertyName: String(property),
      async: true,
      validator: { validate: (value) => Promise.resolve(Number(value) % 2 === 0) },
    });
}

/** Returns a thenable that is not a native promise. */
function IsLater(): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'isLater',
      target: target.constructor,
      propertyName: String(property),
      validator: {
        validate: (value) =>
          ({ then: (tell: (answer: boolean) => void) => tell(value === 2) }) as unknown as boolean,
      },
    });
}

class Item {
  @IsString()
  @Length(1, 3)
  code!: string;

  @IsOptional()
  @IsInt()
  @IsEven()
  count?: number;
}

class Base {
  @IsOptional()
  @IsEmail()
  email?: string;
}

class Order extends Base {
  @IsInt()
  @Min(0)
  @Max(10)
  id!: number;

  @IsString({ each: true })
  @ArrayMaxSize(2)
  @IsArray()
  tags!: string[];

  @IsOptional()
  @ValidateNested()
  @Type(() => Item)
  first?: Item;

  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => Item)
  items?: Item[];

  @ValidateIf((order: Order) => order.id > 5)
  @IsDefined()
  @Matches(/^a/, { message: 'reason has to begin with a' })
  reason?: string;

  @IsIn(['x', null])
  mark: string | null = 'x';

  @Allow()
  anything?: unknown;

  internal = 1;

  describe(): string {
    return String(this.id);
  }
}

const BODY: ArgumentMetadata = { type: 'body', metatype: Order, data: undefined };

interface Result {
  readonly value?: unknown;
  readonly prototypes?: unknown;
  readonly error?: unknown;
}

/** A pipe's result or error for a value. */
async function resultOf(pipe: ValidationPipe, value: unknown, metadata = BODY): Promise<Result> {
  try {
    const result: unknown = await pipe.transform(value, metadata);
    return { value: result, prototypes: prototypesOf(result) };
  } catch (error) {
    return { error: (error as { getResponse?(): unknown }).getResponse?.() ?? String(error) };
  }
}

/** The classes of a value and of everything in it. */
function prototypesOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return typeof value;
  const inner = Object.entries(value).map(([name, held]) => [name, prototypesOf(held)]);
  return [
    (Object.getPrototypeOf(value) as { constructor?: { name: string } } | null)?.constructor?.name,
    inner,
  ];
}

async function ready(options?: ValidationPipeOptions): Promise<QuickValidationPipe> {
  const pipe = new QuickValidationPipe(options);
  // Wait until the pipe has loaded the storages.
  await loadStorages();
  await new Promise((resolve) => setImmediate(resolve));
  return pipe;
}

const junk = fc.oneof(
  fc.string({ maxLength: 3 }),
  fc.integer({ min: -2, max: 12 }),
  fc.constantFrom(null, true, 1.5, '', 'x', 'abc', 'a@b.example', [], {}, ['t'], ['t', 1]),
);
const field = (good: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 6, arbitrary: good }, { weight: 1, arbitrary: junk });
const item = fc.record(
  {
    code: field(fc.string({ minLength: 1, maxLength: 3 })),
    count: field(fc.constantFrom(0, 2, 4)),
    extra: junk,
  },
  { requiredKeys: ['code'] },
);
const order = fc.record(
  {
    id: field(fc.integer({ min: 0, max: 10 })),
    tags: field(fc.array(fc.string(), { maxLength: 2 })),
    first: field(item),
    items: field(fc.array(field(item), { maxLength: 3 })),
    reason: field(fc.constantFrom('abc', 'a')),
    mark: field(fc.constantFrom('x', null)),
    email: field(fc.constant('a@b.example')),
    anything: fc.jsonValue({ maxDepth: 3 }),
  },
  { requiredKeys: ['id', 'tags', 'mark'], noNullPrototype: true },
);
const extras = fc.record(
  {
    extra: fc.jsonValue({ maxDepth: 2 }),
    describe: junk,
    internal: junk,
    constructor: junk,
    prototype: junk,
    toString: junk,
  },
  { requiredKeys: [], noNullPrototype: true },
);
const more = fc.tuple(order, extras).map(([fields, others]) => ({ ...fields, ...others }));
const payload = fc.oneof(
  { weight: 20, arbitrary: order },
  { weight: 6, arbitrary: more },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
);

describe('QuickValidationPipe', () => {
  let storages: MetadataStorages;

  beforeAll(async () => {
    const loaded = await loadStorages();
    if (!loaded) throw new Error('class-validator or class-transformer is not the one that is known');
    storages = loaded;
  });

  it.each<ValidationPipeOptions>([
    { transform: true },
    {},
    { transform: true, whitelist: true },
    { transform: true, whitelist: true, forbidNonWhitelisted: true },
    { whitelist: true },
    { transform: true, stopAtFirstError: true, errorHttpStatusCode: 422 },
    { transform: true, skipMissingProperties: true },
    { transform: true, forbidUnknownValues: true },
    { stopAtFirstError: true },
    { forbidNonWhitelisted: true },
    { whitelist: false },
  ])('makes of any value what the ValidationPipe makes of it, with %j', async (options) => {
    const [quick, slow] = [await ready(options), new ValidationPipe(options)];
    await fc.assert(
      fc.asyncProperty(payload, async (value) => {
        // A pipe may change its input: give each one its own copy.
        const text = JSON.stringify(value);
        const [first, second] = [JSON.parse(text), JSON.parse(text)] as unknown[];
        expect(await resultOf(quick, first)).toEqual(await resultOf(slow, second));
        expect(first).toEqual(second);
      }),
      { numRuns: 300 },
    );
  });

  const VALID = { id: 1, tags: ['t'], mark: 'x', items: [{ code: 'a', count: 2 }], anything: { deep: [1] } };
  const longWay = jest.spyOn(ValidationPipe.prototype, 'transform');

  it('takes the quick path for valid values, and the ValidationPipe’s for others', async () => {
    const pipe = await ready({ transform: true });
    longWay.mockClear();
    asked.even = 0;
    const result = (await pipe.transform(VALID, BODY)) as Order;
    expect(result).toBeInstanceOf(Order);
    expect(result.items?.[0]).toBeInstanceOf(Item);
    expect(result.anything).toEqual(VALID.anything);
    expect(result.anything).not.toBe(VALID.anything);
    expect(longWay).not.toHaveBeenCalled();
    expect(asked.even).toBe(1);
    await expect(pipe.transform({ ...VALID, id: -1 }, BODY)).rejects.toMatchObject({
      response: { message: ['id must not be less than 0'] },
    });
    expect(longWay).toHaveBeenCalledTimes(1);
  });

  it('never takes a promise or thenable for a positive answer', async () => {
    class Lazy {
      @IsLater()
      n!: number;
    }
    const metadata: ArgumentMetadata = { type: 'body', metatype: Lazy };
    const [quick, slow] = [await ready({ transform: true }), new ValidationPipe({ transform: true })];
    expect(await resultOf(quick, { n: 1 }, metadata)).toMatchObject({ error: { statusCode: 400 } });
    expect(await resultOf(quick, { n: 2 }, metadata)).toEqual(await resultOf(slow, { n: 2 }, metadata));
  });

  it('leaves an enum’s object, which some compilers emit as the type, to the ValidationPipe', async () => {
    const metadata = { type: 'body', metatype: { A: 'a' } } as unknown as ArgumentMetadata;
    const [quick, slow] = [await ready({ transform: true }), new ValidationPipe({ transform: true })];
    expect(await resultOf(quick, 'a', metadata)).toEqual(await resultOf(slow, 'a', metadata));
  });

  it('makes no plan for classes with decorators that it does not know', () => {
    class Transformed {
      @Transform(({ value }) => Number(value) + 1)
      @IsInt()
      n!: number;
    }
    class Renamed {
      @Expose({ name: 'm' })
      @IsInt()
      n!: number;
    }
    class Converted {
      @Type(() => Number)
      @IsNumber()
      n!: number;
    }
    class Untyped {
      @ValidateNested()
      item!: Item;
    }
    class Later {
      @IsEvenLater()
      n!: number;
    }
    class Chosen {
      @ValidateNested()
      @Type((details) => (details?.property === 'item' ? Item : Order))
      item!: Item;
    }
    class Conditional {
      @ValidateIf(() => false)
      @ValidateNested()
      @Type(() => Item)
      item!: Item;
    }
    class Undecorated {
      n?: number;
    }
    class Child extends Transformed {
      @IsBoolean()
      is!: boolean;
    }
    for (const type of [
      Transformed,
      Renamed,
      Converted,
      Untyped,
      Later,
      Chosen,
      Conditional,
      Undecorated,
      Child,
    ]) {
      expect([type.name, planClass(type, storages)]).toEqual([type.name, undefined]);
    }
    expect(planClass(Order, storages)?.known).toContain('email');
  });

  it('plans a class that contains itself', async () => {
    class Tree {
      @IsInt()
      n!: number;

      @IsOptional()
      @ValidateNested()
      @Type(() => Tree)
      branches?: Tree[];
    }
    const pipe = await ready({ transform: true });
    const metadata: ArgumentMetadata = { type: 'body', metatype: Tree };
    const tree = { n: 1, branches: [{ n: 2, branches: [{ n: 3 }] }] };
    const result = (await pipe.transform(tree, metadata)) as Tree;
    expect(result.branches?.[0]?.branches?.[0]).toBeInstanceOf(Tree);
    await expect(
      pipe.transform({ n: 1, branches: [{ n: 2, branches: [{ n: 'x' }] }] }, metadata),
    ).rejects.toMatchObject({
      response: { message: ['branches.0.branches.0.n must be an integer number'] },
    });
  });

  it('leaves values that are not plain data, and those that make it throw, to the ValidationPipe', async () => {
    class Fragile {
      @ValidateIf(() => {
        throw new Error('broken condition');
      })
      @IsInt()
      n!: number;
    }
    const [quick, slow] = [await ready({ transform: true }), new ValidationPipe({ transform: true })];
    const makers: (() => unknown)[] = [
      () => Object.assign(new Item(), { id: 1, tags: [], mark: 'x' }),
      () => ({ ...VALID, anything: new Date(0) }),
      () => ({ ...VALID, anything: [new Map([[1, 2]])] }),
      () => ({ ...VALID, tags: Object.assign(new Array<string>(2), { 1: 't' }) }),
      () => Object.assign(Object.create(null) as object, VALID),
      () => [VALID],
      () => 'text',
      () => undefined,
    ];
    for (const make of makers) {
      expect(await resultOf(quick, make())).toEqual(await resultOf(slow, make()));
    }
    const fragile: ArgumentMetadata = { type: 'body', metatype: Fragile };
    expect(await resultOf(quick, { n: 1 }, fragile)).toEqual({ error: 'Error: broken condition' });
  });
});
