import { QuickValidationPipe } from 'nestjs-service-bus';
import { type Assignment, type Running } from './running.js';
import { startTransport } from './transport.js';

export function start(assignment: Assignment): Promise<Running> {
  return startTransport(assignment, new QuickValidationPipe({ transform: true }));
}
