import { IsInt } from 'class-validator';

export class Order {
  @IsInt()
  amount!: number;
}
