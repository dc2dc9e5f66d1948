import { describe, expect, it } from '@jest/globals';
import rhea from 'rhea';

import { locateSections } from './locate-sections.js';
import { MalformedMessageError } from '../value/malformed-message-error.js';

describe('locateSections', () => {
  it('accepts requests', () => {
    const { types } = rhea;
    const body = types.wrap_map({
      'lock-tokens': types.wrap_array([Buffer.alloc(16, 1), Buffer.alloc(16, 2)], 0x98, undefined),
      messages: types.wrap_list([types.wrap_map({ message: Buffer.alloc(500) })]),
    });
    const request = {
      message_id: 'id',
      reply_to: 'me',
      application_properties: { operation: 'renew-lock' },
      body,
    };
    expect(() => locateSections(rhea.message.encode(request))).not.toThrow();
  });

  it.each([
    ['an array of 5 million elements without a width', '005377f000000005004c4b4045'],
    ['a list that declares 4 billion elements', '005377d000000004ffffffff'],
    ['lists nested 7,000 deep', `005377${nested(7_000)}`],
    ['properties that are no list', '005373a10161'],
    ['application properties that are no map', '005374a10161'],
    ['an unknown section', '00537f40'],
    ['no section', ''],
  ])('refuses %s', (_name, hex) => {
    expect(() => locateSections(Buffer.from(hex, 'hex'))).toThrow(MalformedMessageError);
  });
});

function nested(depth: number): string {
  let hex = '45';
  for (let index = 0; index < depth; index++) {
    const size = (hex.length / 2 + 4).toString(16).padStart(8, '0');
    hex = `d0${size}00000001${hex}`;
  }
  return hex;
}
