import { IsInt, IsString, Length } from 'class-validator';

/** The payload that every candidate reads, with the decorators for those that validate. */
export class Order {
  @IsInt()
  id!: number;

  @IsString()
  @Length(1, 50)
  customer!: string;

  @IsString()
  @Length(1, 100_000)
  text!: string;
}

/** The result that every candidate sends. */
export interface Receipt {
  readonly id: number;
  readonly customer: string;
  readonly text: string;
  readonly isAccepted: true;
}

let workMs = 0;
let handled = 0;

/** How often `accept` was called in this process. */
export function handledSoFar(): number {
  return handled;
}

/** Has each call of `accept` take this long, as if it waited for a database: 0 for almost nothing. */
export function setWork(milliseconds: number): void {
  workMs = milliseconds;
}

/** The handler's work in every candidate: almost nothing, so that only the overhead is measured. */
export function accept({ id, customer, text }: Order): Receipt | Promise<Receipt> {
  handled++;
  const receipt: Receipt = { id, customer, text, isAccepted: true };
  if (workMs === 0) return receipt;
  return new Promise((resolve) => setTimeout(() => resolve(receipt), workMs));
}
