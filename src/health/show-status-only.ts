import { type HealthIndicatorResult } from '@nestjs/terminus';

/** Reduces a health check to what everybody may see: the names of its entries, and whether each is up. */
export function showStatusOnly(health: HealthIndicatorResult): HealthIndicatorResult {
  return Object.fromEntries(Object.entries(health).map(([name, { status }]) => [name, { status }]));
}
