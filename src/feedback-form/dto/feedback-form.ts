import { IsEmail, IsInt, IsString, Length, Max, MaxLength, Min } from 'class-validator';

/** What a visitor filled in; the comment may be empty. */
export class FeedbackForm {
  @IsString()
  @Length(1, 200)
  name!: string;

  @IsEmail()
  email!: string;

  @IsInt()
  @Min(1)
  @Max(5)
  rating!: number;

  @IsString()
  @MaxLength(10_000)
  comment!: string;
}
