import { describe, expect, it } from '@jest/globals';

import { deadLetterCause, deadLetterProperties, fitCause } from './dead-letter.js';

class CardDeclined extends Error {}

describe('the cause of a dead letter', () => {
  it("is named by the error's name, or by its class where it has no name of its own", () => {
    expect(deadLetterCause(new TypeError('x')).reason).toBe('TypeError');
    expect(deadLetterCause(new CardDeclined('x')).reason).toBe('CardDeclined');
    expect(deadLetterCause(Object.assign(new Error('x'), { name: 'Named' })).reason).toBe('Named');
  });

  it('describes it by message and stack', () => {
    const { description } = deadLetterCause(new Error('no bolts'));
    expect(description).toContain('no bolts');
    expect(description).toContain('dead-letter.spec');
  });

  it.each([
    ['a string', 'just text', 'just text'],
    ['an object with a message', { status: 'error', message: 'gone' }, 'gone'],
    ['any object', { a: 1 }, '{"a":1}'],
    ['undefined', undefined, 'undefined'],
  ])('copes with %s that was thrown', (_what, thrown, description) => {
    expect(deadLetterCause(thrown)).toEqual({ reason: 'Error', description });
  });

  it('fits what the broker takes, without cutting a character in two', () => {
    const long = { reason: 'r'.repeat(5_000), description: `${'d'.repeat(1_023)}😀 and more` };
    const { reason, description } = fitCause(long);
    expect(reason).toHaveLength(256);
    expect(description).toBe('d'.repeat(1_023));
  });

  it('comes with where it happened, and with up to 8 KB of stack', () => {
    const cause = { reason: 'r', description: 'd', stack: 's'.repeat(10_000) };
    const properties = deadLetterProperties(cause, { handler: 'A.b', attempt: 2 });
    expect(properties).toMatchObject({ 'dead-letter-handler': 'A.b', 'dead-letter-attempt': 2 });
    expect(properties['dead-letter-stack']).toHaveLength(8_192);
  });
});
