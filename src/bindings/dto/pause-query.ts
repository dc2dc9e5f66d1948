import { IsOptional, IsString, MaxLength } from 'class-validator';

/** The query of `POST /bindings/{name}/pause`. */
export class PauseQuery {
  @IsOptional()
  @IsString()
  @MaxLength(200)
  reason?: string;
}
