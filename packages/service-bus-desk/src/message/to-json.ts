import { type AmqpValue } from '@nestjs-service-bus/amqp-message';

/**
 * Returns an AMQP value as JSON shows it: times as ISO 8601, integers beyond 2^53 as text, bytes in Base64, what is no
 * finite number as text. For people: the encoded message alone tells all types apart.
 */
export function toJson(value: AmqpValue): unknown {
  if (Array.isArray(value)) return value.map(toJson);
  if (value instanceof Map) {
    const entries = [...value].map(([key, one]) => [keyText(key), toJson(one)]);
    return Object.fromEntries(entries) as unknown;
  }
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return value;
}

function keyText(key: AmqpValue): string {
  const json = toJson(key);
  return typeof json === 'string' ? json : JSON.stringify(json);
}
