import {
  type PropertyChanges,
  type PropertyValue,
  type SystemProperty,
} from '@nestjs-service-bus/rule-filter';

/**
 * What a producer sent. The model decides by these few properties and never sees the bytes, which the
 * implementation keeps exactly as they came.
 */
export interface MessageContent {
  /** Encoded size in bytes: quotas and the maximum message size count it. */
  readonly size: number;
  /** Encoded size in bytes of everything before the body. */
  readonly headerSize: number;
  /** Encoded size in bytes of the largest application property; may be 0 if all of them together are small. */
  readonly largestPropertySize: number;
  readonly messageId: string;
  readonly sessionId: string | undefined;
  readonly partitionKey: string | undefined;
  /** Time to live in milliseconds, if the producer set one. */
  readonly timeToLiveMs: number | undefined;
  /** Unix time in milliseconds at which the message becomes active, if the producer asked for one. */
  readonly scheduledEnqueueTimeMs: number | undefined;

  systemProperty(name: SystemProperty): PropertyValue;
  /** An application property; null if there is none. Names are compared without regard to case. */
  applicationProperty(name: string): PropertyValue;
  /** Returns the message with some properties changed; its body keeps every byte. */
  withProperties(changes: PropertyChanges): MessageContent;
}
