import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import * as rules from 'class-validator';

import { loadStorages } from '../../validation/metadata-storages.js';
import { type JsonSchema } from './json-schema.js';
import { Schemas } from './schemas.js';

const {
  Allow,
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  Equals,
  IsArray,
  IsDate,
  IsEmail,
  IsEnum,
  IsIBAN,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsNumber,
  IsOptional,
  IsPositive,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  Min,
  NotContains,
  registerDecorator,
  Validate,
  ValidateIf,
  ValidateNested,
} = rules;

type Decorator = (target: object, property: string) => void;

/** A class with these decorators, as a compiler would make it. */
function dto(
  properties: Record<string, Decorator[]>,
  name = 'Dto',
  Base: new () => object = Object,
): new () => object {
  const type = { [name]: class extends Base {} }[name] as new () => object;
  for (const [property, decorators] of Object.entries(properties)) {
    for (const decorate of decorators) decorate(type.prototype as object, property);
  }
  return type;
}

const storages = await loadStorages();

async function schemaOf(properties: Record<string, Decorator[]>): Promise<JsonSchema | undefined> {
  const schemas = new Schemas(storages);
  schemas.of(dto(properties));
  return Promise.resolve(schemas.components['Dto']);
}

function IsEven(): Decorator {
  return (target, propertyName) =>
    registerDecorator({
      name: 'isEven',
      target: target.constructor,
      propertyName,
      validator: { validate: () => true },
    });
}

class IsOwn {
  validate(): boolean {
    return true;
  }
}

enum Color {
  Red = 'red',
  Green = 'green',
}

const Item = dto({ sku: [IsString()] }, 'Item');

describe('Schemas', () => {
  it.each<[string, Decorator[], JsonSchema, boolean?]>([
    ['a text', [IsString()], { type: 'string' }],
    ['a whole number in a range', [IsInt(), Min(1), Max(9)], { type: 'integer', minimum: 1, maximum: 9 }],
    ['the same in another order', [Min(1), IsInt()], { type: 'integer', minimum: 1 }],
    [
      'money',
      [IsNumber({ maxDecimalPlaces: 2 }), IsPositive()],
      { type: 'number', multipleOf: 0.01, exclusiveMinimum: 0 },
    ],
    ['a length', [Length(2, 5)], { type: 'string', minLength: 2, maxLength: 5 }],
    ['a pattern', [Matches(/^a+$/)], { type: 'string', pattern: '^a+$' }],
    [
      'two patterns',
      [Matches(/a/), Matches(/b/)],
      { type: 'string', pattern: 'b', allOf: [{ pattern: 'a' }] },
    ],
    [
      'a pattern with a flag, which JSON Schema has no word for',
      [Matches(/a/i)],
      { type: 'string', 'x-rules': ['matches(/a/i)'], description: 'Also checked: matches(/a/i).' },
    ],
    ['a text without a text', [NotContains('a.b')], { type: 'string', not: { pattern: 'a\\.b' } }],
    ['formats', [IsEmail()], { type: 'string', format: 'email' }],
    ['a uuid', [IsUUID()], { type: 'string', format: 'uuid' }],
    ['a date', [IsDate()], { type: 'string', format: 'date-time' }],
    ['an enum', [IsEnum(Color)], { type: 'string', enum: ['red', 'green'] }],
    ['some values', [IsIn([1, 'a'])], { enum: [1, 'a'] }],
    ['one value', [Equals(1)], { const: 1 }],
    ['a text that is not empty', [IsString(), IsNotEmpty()], { type: 'string', not: { enum: ['', null] } }],
    ['an optional text, which may be null', [IsOptional(), IsString()], { type: ['string', 'null'] }, false],
    [
      'an optional enum',
      [IsOptional(), IsEnum(Color)],
      { type: ['string', 'null'], enum: ['red', 'green', null] },
      false,
    ],
    [
      'a list of numbers',
      [
        IsArray(),
        ArrayNotEmpty(),
        ArrayMaxSize(3),
        ArrayUnique(),
        IsInt({ each: true }),
        Min(1, { each: true }),
      ],
      { type: 'array', minItems: 1, maxItems: 3, uniqueItems: true, items: { type: 'integer', minimum: 1 } },
    ],
    ['an instance', [ValidateNested(), Type(() => Item)], { $ref: '#/components/schemas/Item' }, false],
    [
      'instances',
      [IsArray(), ValidateNested({ each: true }), Type(() => Item)],
      { type: 'array', items: { $ref: '#/components/schemas/Item' } },
    ],
    [
      'an optional instance',
      [IsOptional(), ValidateNested(), Type(() => Item)],
      { anyOf: [{ $ref: '#/components/schemas/Item' }, { type: 'null' }] },
      false,
    ],
    ['what is only known', [Allow()], {}, false],
    [
      'a rule in words',
      [IsIBAN()],
      { type: 'string', 'x-rules': ['isIBAN'], description: 'Also checked: isIBAN.' },
    ],
    ['an own rule', [IsEven()], { 'x-rules': ['isEven'], description: 'Also checked: isEven.' }],
    [
      'a rule of a class',
      [Validate(IsOwn, [1])],
      { 'x-rules': ['IsOwn(1)'], description: 'Also checked: IsOwn(1).' },
    ],
    [
      'a condition',
      [ValidateIf(() => true), IsInt()],
      { description: 'In some cases only: {"type":"integer"}' },
      false,
    ],
  ])('describes %s', async (_, decorators, schema, isRequired = true) => {
    expect(await schemaOf({ it: decorators.toReversed() })).toEqual({
      type: 'object',
      properties: { it: schema },
      ...(isRequired && { required: ['it'] }),
    });
  });

  it('knows every decorator of class-validator', () => {
    const made: string[] = [];
    const args: Record<string, unknown[]> = {
      Matches: [/a/],
      IsEnum: [Color],
      IsIn: [[1]],
      IsNotIn: [[1]],
      ArrayContains: [[1]],
      ArrayNotContains: [[1]],
      IsInstance: [Item],
      MinDate: [new Date(0)],
      MaxDate: [() => new Date(0)],
      IsHash: ['md5'],
      IsMACAddress: [{}],
    };
    const skipped = new Set([
      'IsDefined',
      'IsOptional',
      'Allow',
      'Validate',
      'ValidateBy',
      'ValidateIf',
      'ValidateNested',
      'ValidatePromise',
    ]);
    for (const [name, make] of Object.entries(rules)) {
      if (
        typeof make !== 'function' ||
        skipped.has(name) ||
        !/^(Is|Array|M|Length|Contains|Not|Equals)[A-Z]?/.test(name)
      )
        continue;
      if (/^(Metadata|Validat|.*Types?$)/.test(name)) continue;
      const schemas = new Schemas(storages);
      try {
        schemas.of(dto({ it: [(make as (...given: unknown[]) => Decorator)(...(args[name] ?? [1]))] }));
      } catch (error) {
        throw new Error(`${name} has no schema`, { cause: error });
      }
      expect([name, Object.keys(schemas.components['Dto']?.properties?.['it'] ?? {})]).not.toEqual([
        name,
        [],
      ]);
      made.push(name);
    }
    expect(made.length).toBeGreaterThan(100);
  });

  it('follows inheritance and classes that hold themselves, and tells classes of one name apart', () => {
    class Node {
      next?: Node;
    }
    IsOptional()(Node.prototype, 'next');
    ValidateNested()(Node.prototype, 'next');
    Type(() => Node)(Node.prototype, 'next');
    const Child = dto({ id: [IsInt()] }, 'Node', Node);
    const schemas = new Schemas(storages);
    expect(schemas.of([Child])).toEqual({ type: 'array', items: { $ref: '#/components/schemas/Node' } });
    const next = { anyOf: [{ $ref: '#/components/schemas/Node2' }, { type: 'null' }] };
    expect(schemas.components).toEqual({
      Node: { type: 'object', properties: { next, id: { type: 'integer' } }, required: ['id'] },
      Node2: { type: 'object', properties: { next } },
    });
  });

  it('takes comments from the plugin and the decorators of @nestjs/swagger', () => {
    class Order {
      id!: number;
      tags!: string[];
      static _OPENAPI_METADATA_FACTORY(): object {
        return {
          id: { required: true, type: () => Number, description: 'Counted from 1', example: 7 },
          tags: { required: true, type: () => [String], deprecated: true },
          plain: { required: false, type: () => Boolean, default: false },
        };
      }
    }
    IsInt()(Order.prototype, 'id');
    Reflect.defineMetadata('swagger/apiModelPropertiesArray', [':id'], Order.prototype);
    Reflect.defineMetadata('swagger/apiModelProperties', { description: 'By hand' }, Order.prototype, 'id');
    const schemas = new Schemas(storages);
    schemas.of(Order);
    expect(schemas.components['Order']).toEqual({
      type: 'object',
      properties: {
        id: { type: 'integer', description: 'By hand', examples: [7] },
        tags: { type: 'array', items: { type: 'string' }, deprecated: true },
        plain: { type: 'boolean', default: false },
      },
      required: ['id', 'tags'],
    });
  });
});
