import { ValidationPipe } from '@nestjs/common';

import { type Assignment, type Running } from './running.js';
import { startTransport } from './transport.js';

/** A with Nest's own pipe, which reads the decorators of a class again for each payload. */
export function start(assignment: Assignment): Promise<Running> {
  return startTransport(assignment, new ValidationPipe({ transform: true }));
}
