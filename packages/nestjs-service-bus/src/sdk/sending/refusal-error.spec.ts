import { createRequire } from 'node:module';

import { ServiceBusError } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';

import { refusalError } from './refusal-error.js';

interface CoreAmqp {
  readonly ConditionErrorNameMapper: Readonly<Record<string, string>>;
  translate(refusal: object): Error;
}

// What the SDK makes its errors with: a dependency of its own.
const ofSdk = createRequire(createRequire(import.meta.url).resolve('@azure/service-bus'));
const { ConditionErrorNameMapper, translate } = ofSdk('@azure/core-amqp') as CoreAmqp;

const CONDITIONS = Object.keys(ConditionErrorNameMapper).filter((name) =>
  /^(amqp|com\.microsoft):/.test(name),
);
const MISSING = 'The messaging entity sb://x/y could not be found.';

describe('refusalError', () => {
  it.each([...CONDITIONS, 'vendor:unheard-of'])('is as the SDK has it, for %s', (condition) => {
    for (const description of ['it is so', MISSING]) {
      const expected = new ServiceBusError(translate({ condition, description }) as ServiceBusError);
      const { name, code, retryable, message } = expected;
      expect(refusalError({ condition, description })).toMatchObject({ name, code, retryable, message });
    }
  });

  it('says what there is to say where the broker gives no reason', () => {
    expect(refusalError({ condition: 'released' })).toMatchObject({ code: 'GeneralError', retryable: true });
  });
});
