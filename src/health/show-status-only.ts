import { type HealthIndicatorResult } from '@nestjs/terminus';

/** What everybody may know of health: which entries there are, and whether each is up. */
export function showStatusOnly(health: HealthIndicatorResult): HealthIndicatorResult {
  return Object.fromEntries(Object.entries(health).map(([name, { status }]) => [name, { status }]));
}
