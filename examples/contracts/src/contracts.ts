import { IsInt, IsPositive, IsString, Length } from 'class-validator';
import { contract } from 'nestjs-service-bus';

export class Order {
  @IsInt()
  @IsPositive()
  id!: number;

  @IsString()
  @Length(1, 50)
  item!: string;

  @IsInt()
  @IsPositive()
  pieces!: number;
}

export class PriceQuestion {
  @IsString()
  @Length(1, 50)
  item!: string;
}

export class Price {
  @IsPositive()
  euros!: number;
}

export const OrderPlaced = contract('order-placed', Order, {
  to: 'orders',
  // One that is placed twice is booked once: the queue drops the second message of an id.
  messageId: ({ id }) => `order-${id}`,
  description: 'A customer has placed an order.',
});

export const GetPrice = contract('get-price', PriceQuestion, {
  to: 'prices',
  result: Price,
  description: 'What one piece of an item costs.',
});
