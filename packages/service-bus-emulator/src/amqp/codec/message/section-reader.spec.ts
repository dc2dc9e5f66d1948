import { describe, expect, it } from '@jest/globals';
import { MalformedMessageError } from '@nestjs-service-bus/amqp-message';

import { type EncodedMessage } from './encoded-message.js';
import { parseMessage } from './parse-message.js';

const parseHex = (hex: string): EncodedMessage =>
  parseMessage(Buffer.from(hex.replaceAll(' ', ''), 'hex'), () => 'new');

function problemOf(hex: string): string {
  try {
    parseHex(hex);
  } catch (error) {
    if (error instanceof MalformedMessageError) return error.what;
    throw error;
  }
  return 'none';
}

const ID = '005373 c0 04 01 a1 01 61';
const DATA = '005375 a0 01 ff';

describe('the sections of a message', () => {
  it.each([
    [
      'symbolic descriptors',
      `00 a3 14 ${Buffer.from('amqp:properties:list').toString('hex')} c0 04 01 a1 01 61 ${DATA}`,
    ],
    ['descriptors of 64 bits', `00 80 0000000000000073 c0 04 01 a1 01 61 ${DATA}`],
    ['a footer before the body, as rhea writes it', `${ID} 005378 c1 01 00 ${DATA}`],
    ['a footer after the body', `${ID} ${DATA} 005378 c1 01 00`],
    ['several data sections', `${ID} ${DATA} ${DATA}`],
    ['several sequences', `${ID} 005376 45 005376 45`],
    ['no body', ID],
    ['a body that is described itself', `${ID} 005377 00 a3 01 61 40`],
  ])('takes %s', (_name, hex) => {
    expect(parseHex(hex).messageId).toBe('a');
  });

  it.each([
    ['nothing', '', 'a message without sections'],
    ['a value without a descriptor', 'a1 01 61', 'a section without a descriptor'],
    ['an unknown section', '00537f 45', 'an unknown section'],
    ['a section of a message that there is not', '005325 45', 'an unknown section'],
    ['a descriptor of some other type', '00 a1 01 61 45', 'an unknown section'],
    ['an unknown name of a section', '00 a3 01 61 45', 'an unknown section'],
    ['a header that is a map', '005370 c1 01 00', 'a section of the wrong type'],
    ['properties that are an array', '005373 e0 02 00 40', 'a section of the wrong type'],
    ['application properties that are null', '005374 40', 'a section of the wrong type'],
    ['data that is a string', '005375 a1 01 61', 'a section of the wrong type'],
    ['sections out of order', `${ID} 005372 c1 01 00 ${DATA}`, 'a section out of place'],
    ['a section twice', `${ID} ${ID} ${DATA}`, 'a section out of place'],
    ['properties after the body', `${DATA} ${ID}`, 'a section out of place'],
    ['two values', `${ID} 005377 40 005377 40`, 'a section out of place'],
    ['bodies of two kinds', `${ID} ${DATA} 005377 40`, 'a section out of place'],
    ['two footers', `${ID} 005378 c1 01 00 005378 c1 01 00`, 'a section out of place'],
    ['a cut-off section', `${ID} 005375 a0 05 ff`, 'a value runs past its end'],
    ['a durable that is a number', '005370 c0 03 01 5001', 'a header field of the wrong type'],
    ['a priority that is a uint', '005370 c0 04 02 40 5201', 'a header field of the wrong type'],
    ['a time to live that is an int', '005370 c0 05 03 40 40 5401', 'a header field of the wrong type'],
    ['an id that is an int', '005373 c0 03 01 5401', 'an id of the wrong type'],
    ['a correlation id that is an int', '005373 c0 0a 06 a10161 40404040 5401', 'an id of the wrong type'],
    ['a session id that is a number', '005373 c0 0d 0b 40404040404040404040 5401', 'a string was expected'],
    [
      'a partition key that is a number',
      '005372 c1 18 02 a3 13 782d6f70742d706172746974696f6e2d6b6579 5005',
      'a string was expected',
    ],
    ['an expiry that is a number', '005373 c0 0c 0a 4040404040404040 5005 43', 'a timestamp was expected'],
  ])('refuses %s', (_name, hex, what) => {
    expect(problemOf(hex)).toBe(what);
  });
});
