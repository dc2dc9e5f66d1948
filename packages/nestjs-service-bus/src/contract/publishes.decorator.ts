import { type Contract } from './contract.js';
import { markPublished } from './contract-marks.js';

/**
 * Says which contracts a provider or controller publishes: `@Publishes(OrderPlaced)`. The application checks them at its
 * start, and what describes the application names the class.
 */
export function Publishes(...contracts: readonly Contract[]): ClassDecorator {
  return (owner) => markPublished(owner, contracts);
}
