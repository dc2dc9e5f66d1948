import { type LoggerService } from '@nestjs/common';

/** The SDK leaves promises of its own behind when a link breaks; they must not end the process. */
export function keepRunning(logger: LoggerService): void {
  process.on('unhandledRejection', (reason) => {
    logger.error(reason instanceof Error ? reason.stack : reason, 'unhandled rejection');
  });
}
