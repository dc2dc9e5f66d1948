import { IsString, Length } from 'class-validator';

/** A text to count, 1 to 100,000 characters long. */
export class CountRequest {
  @IsString()
  @Length(1, 100_000)
  text!: string;
}
