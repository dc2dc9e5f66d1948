import { IsInt, IsString, Length } from 'class-validator';

/** What every candidate reads; those that validate do it by this class. */
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

/** What every candidate sends. */
export interface Receipt {
  readonly id: number;
  readonly customer: string;
  readonly text: string;
  readonly isAccepted: true;
}

/** The handler's work in every candidate: next to nothing, so that the way to and from it is measured. */
export function accept({ id, customer, text }: Order): Receipt {
  return { id, customer, text, isAccepted: true };
}
