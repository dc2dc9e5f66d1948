import { type LoggerService } from '@nestjs/common';

/** Logs unhandled rejections instead of exiting: the SDK leaves some behind when a link breaks. */
export function keepRunning(logger: LoggerService): void {
  process.on('unhandledRejection', (reason) => {
    logger.error(reason instanceof Error ? reason.stack : reason, 'unhandled rejection');
  });
}
