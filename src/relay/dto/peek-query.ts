import { IsBoolean, IsInt, Max, Min, ValidateBy } from 'class-validator';

import { FromQuery } from './from-query.js';

const LAST_SEQUENCE_NUMBER = 2n ** 63n - 1n;

/** The query of `GET /peek`. */
export class PeekQuery {
  @FromQuery()
  @IsInt()
  @Min(1)
  @Max(1_000)
  maxMessages = 100;

  /** A 64-bit number, so it stays a string. */
  @ValidateBy({
    name: 'isSequenceNumber',
    validator: {
      validate: isSequenceNumber,
      defaultMessage: () => `$property must be a whole number from 0 to ${LAST_SEQUENCE_NUMBER}`,
    },
  })
  fromSequenceNumber = '0';

  @FromQuery()
  @IsBoolean()
  details = false;
}

function isSequenceNumber(value: unknown): boolean {
  return typeof value === 'string' && /^\d{1,19}$/.test(value) && BigInt(value) <= LAST_SEQUENCE_NUMBER;
}
