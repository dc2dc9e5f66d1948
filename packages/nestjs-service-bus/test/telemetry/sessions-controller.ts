import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';

/** Takes whatever comes in a session. */
@Controller()
export class SessionsController {
  @EventPattern('in-sessions')
  take(@Payload() _payload: unknown): void {
    // Being there is all that is wanted.
  }
}
