import { Transform } from 'class-transformer';

/** Parses a number, `true` or `false` from a URL; anything else stays a string, which the validator refuses. */
export function FromQuery(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => {
    if (value === 'true') return true;
    if (value === 'false') return false;
    return typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
  });
}
