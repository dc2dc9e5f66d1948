import { type PropertyChanges } from '@nestjs-service-bus/rule-filter';

/** How a receiver settles a message that it holds. */
export type Outcome =
  | { readonly type: 'complete' }
  | { readonly type: 'abandon' | 'defer'; readonly changes?: PropertyChanges | undefined }
  | {
      readonly type: 'dead-letter';
      readonly reason?: string | undefined;
      readonly description?: string | undefined;
      readonly changes?: PropertyChanges | undefined;
    };
