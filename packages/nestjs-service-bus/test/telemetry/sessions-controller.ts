import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';

/** Accepts every message of a session. */
@Controller()
export class SessionsController {
  @EventPattern('in-sessions')
  take(@Payload() _payload: unknown): void {
    // The session only has to be held.
  }
}
