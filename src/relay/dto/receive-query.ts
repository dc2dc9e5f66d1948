import { IsBoolean, IsInt, IsNumber, Max, Min } from 'class-validator';

import { FromQuery } from './from-query.js';

/** The query of `GET /receive`. */
export class ReceiveQuery {
  /** In seconds. */
  @FromQuery()
  @IsNumber()
  @Min(0)
  @Max(60)
  idleTimeout = 3;

  @FromQuery()
  @IsInt()
  @Min(1)
  @Max(1_000)
  maxMessages = 100;

  @FromQuery()
  @IsInt()
  @Min(0)
  @Max(1_000)
  minMessages = 0;

  @FromQuery()
  @IsBoolean()
  details = false;
}
