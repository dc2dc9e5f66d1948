import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsEmail,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsPositive,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';

import { loadStorages } from '../../validation/metadata-storages.js';
import { type ApplicationMessage, type Channel } from '../application-messages.js';
import { type AsyncApiDocument } from '../schema/async-api-document.js';
import { buildDocument } from '../build-document.js';
import { compareDocuments } from './compare-documents.js';

type Decorator = (target: object, property: string) => void;
type Properties = Record<string, Decorator[]>;
type Version = Partial<ApplicationMessage & Channel> & {
  readonly properties?: Properties;
  readonly isGone?: boolean;
};
type Role = 'receive' | 'send' | 'both';

const storages = await loadStorages();

function dto(properties: Properties, name: string): new () => object {
  const type = { [name]: class {} }[name] as new () => object;
  for (const [property, decorators] of Object.entries(properties)) {
    for (const decorate of decorators.toReversed()) decorate(type.prototype as object, property);
  }
  return type;
}

function documentOf(role: Role, { properties, isGone, ...given }: Version): AsyncApiDocument {
  const message: ApplicationMessage = {
    name: 'order',
    subject: 'order',
    type: 'order',
    contentType: 'application/json',
    resultContentType: 'application/json',
    description: undefined,
    payload: dto(properties ?? { id: [IsInt()] }, 'Order'),
    result: undefined,
    ...given,
  };
  const channel: Channel = { address: 'orders', kind: 'queue', requiresSession: false, ...given };
  const actions = role === 'both' ? (['send', 'receive'] as const) : [role];
  const operations = actions.map((action) => ({ by: 'Orders', action, message, channel }));
  return buildDocument(isGone ? [] : operations, {}, storages);
}

const of = (...decorators: Decorator[]): Version => ({ properties: { it: decorators } });
const item = (...decorators: Decorator[]): Version =>
  of(
    ValidateNested({ each: true }),
    Type(() => dto({ sku: decorators }, 'Item')),
  );

const id: Properties = { id: [IsInt()] };
const Price = dto({ euros: [IsNumber()] }, 'Price');
const HarderPrice = dto({ euros: [IsNumber(), IsPositive()] }, 'Price');

describe('compareDocuments', () => {
  // Whether a change breaks: for what is received, for what is sent, and for what is both.
  it.each<[string, Version, Version, boolean, boolean]>([
    [
      'an optional property is new',
      { properties: id },
      { properties: { ...id, note: [IsOptional(), IsString()] } },
      false,
      false,
    ],
    [
      'a required property is new',
      { properties: id },
      { properties: { ...id, note: [IsString()] } },
      true,
      false,
    ],
    [
      'an optional property is gone',
      { properties: { ...id, note: [IsOptional(), IsString()] } },
      { properties: id },
      false,
      false,
    ],
    [
      'a required property is gone',
      { properties: { ...id, note: [IsString()] } },
      { properties: id },
      false,
      true,
    ],
    ['a property has to be there', of(IsOptional(), IsString()), of(IsString()), true, false],
    ['a property may be missing', of(IsString()), of(IsOptional(), IsString()), false, true],
    ['another type', of(IsString()), of(IsInt()), true, true],
    ['whole numbers only', of(IsNumber()), of(IsInt()), true, false],
    ['all numbers', of(IsInt()), of(IsNumber()), false, true],
    ['a value more', of(IsIn(['a', 'b'])), of(IsIn(['a', 'b', 'c'])), false, true],
    ['a value less', of(IsIn(['a', 'b'])), of(IsIn(['a'])), true, false],
    ['other values', of(IsIn(['a', 'b'])), of(IsIn(['b', 'c'])), true, true],
    ['a longer text', of(IsString(), MaxLength(5)), of(IsString(), MaxLength(9)), false, true],
    ['a shorter text', of(IsString(), MaxLength(9)), of(IsString(), MaxLength(5)), true, false],
    ['a minimum', of(IsInt()), of(IsInt(), Min(1)), true, false],
    ['a lower minimum', of(IsInt(), Min(2)), of(IsInt(), Min(1)), false, true],
    ['a minimum in other words', of(IsInt(), Min(1)), of(IsInt(), IsPositive()), false, false],
    ['no maximum any more', of(IsInt(), Max(9)), of(IsInt()), false, true],
    ['a pattern', of(IsString()), of(IsString(), Matches(/^a/)), true, false],
    ['another pattern', of(Matches(/^a/)), of(Matches(/^b/)), true, true],
    ['a format less', of(IsEmail()), of(IsString()), false, true],
    [
      'finer amounts',
      of(IsNumber({ maxDecimalPlaces: 2 })),
      of(IsNumber({ maxDecimalPlaces: 3 })),
      false,
      true,
    ],
    ['a rule inside of an item', item(IsString()), item(IsString(), MinLength(1)), true, false],
    ['fewer items', of(IsInt({ each: true })), of(IsInt({ each: true }), ArrayMaxSize(3)), true, false],
    ['a class renamed', { payload: dto(id, 'Order') }, { payload: dto(id, 'OrderDto') }, false, false],
    ['a list in place of one', { payload: Price }, { payload: [Price] }, true, true],
    ['another queue', {}, { address: 'orders-2' }, true, true],
    ['another subject', {}, { subject: 'order-2' }, true, true],
    ['another type for rules', {}, { type: 'com.shop.order' }, false, true],
    ['bytes', {}, { contentType: 'application/octet-stream' }, true, true],
    ['a session is needed', {}, { requiresSession: true }, true, true],
    ['no session is needed', { requiresSession: true }, {}, false, false],
    ['no message any more', {}, { isGone: true }, true, true],
    ['a new message', { isGone: true }, {}, false, false],
    ['an answer', {}, { result: Price }, false, true],
    ['no answer', { result: Price }, {}, true, false],
    ['a stricter answer', { result: Price }, { result: HarderPrice }, false, true],
    ['a looser answer', { result: HarderPrice }, { result: Price }, true, false],
    ['a description', {}, { description: 'Somebody ordered.' }, false, false],
  ])('tells of %s', (_, before, after, breaksReceived, breaksSent) => {
    const isBreaking = (role: Role): boolean =>
      compareDocuments(documentOf(role, before), documentOf(role, after)).some((change) => change.isBreaking);
    expect({ received: isBreaking('receive'), sent: isBreaking('send'), both: isBreaking('both') }).toEqual({
      received: breaksReceived,
      sent: breaksSent,
      both: breaksReceived || breaksSent,
    });
  });

  it('says where, what, and who fails', () => {
    const before = documentOf('receive', item(IsString()));
    const after = documentOf('receive', item(IsString(), MinLength(1)));
    expect(compareDocuments(before, after)).toEqual([
      {
        message: 'order',
        change: 'payload.it[].sku is limited now: the smallest length is 1',
        isBreaking: true,
        reason: 'publishers that have not changed send what is no longer taken',
      },
    ]);
    expect(compareDocuments(before, before)).toEqual([]);
  });

  it('ends for classes that hold themselves', () => {
    const tree = (more: Decorator[]): Version => {
      const Node = dto({ id: [IsInt(), ...more] }, 'Node');
      ValidateNested()(Node.prototype as object, 'next');
      Type(() => Node)(Node.prototype as object, 'next');
      return { payload: Node };
    };
    const changes = compareDocuments(documentOf('send', tree([])), documentOf('send', tree([Min(1)])));
    expect(changes.map(({ change }) => change)).toEqual([
      'payload.id is limited now: the smallest number is 1',
    ]);
  });
});
