import { Section } from '../section.js';
import { TypeCode } from '../type-code.js';

import { MalformedMessageError } from '../value/malformed-message-error.js';
import { readUint64 } from '../value/int64.js';
import { SECTION_OF_SYMBOL, TYPES_OF_SECTION } from './section-layout.js';
import { SkipBudget, skipValue } from '../value/skip-value.js';
import { valueEnd } from '../value/value-end.js';

const bit = (section: number): number => 1 << (section - Section.header);
const fromOn = (section: number): number => ~(bit(section) - 1);
const { data, sequence, value, footer } = Section;

// [AMQP 3.2] The sections up to the application properties come in this order, each at most once. A body has sections of
// one kind, of which only data and sequence may repeat. The footer belongs after the body, but rhea writes it before.
const MUST_NOT_PRECEDE: readonly number[] = [
  fromOn(Section.header),
  fromOn(Section.deliveryAnnotations),
  fromOn(Section.messageAnnotations),
  fromOn(Section.properties),
  fromOn(Section.applicationProperties),
  bit(sequence) | bit(value),
  bit(data) | bit(value),
  bit(data) | bit(sequence) | bit(value),
  bit(footer),
];

/**
 * Walks the sections of an encoded message and checks each completely: descriptor, type, order and structure.
 * `next()` moves to the next section and sets the fields to its offsets. Throws MalformedMessageError.
 */
export class SectionReader {
  section = 0;
  /** Offset of the section, including its descriptor. */
  start = 0;
  /** Offset of its value, including the type code. */
  value = 0;
  end = 0;

  #seen = 0;
  readonly #budget: SkipBudget;

  constructor(
    private readonly bytes: Buffer,
    budget = new SkipBudget(),
  ) {
    this.#budget = budget;
    budget.renew();
  }

  next(): boolean {
    const { bytes } = this;
    if (this.end === bytes.length) return false;

    this.start = this.end;
    if (bytes[this.start] !== TypeCode.described) throw this.#malformed('a section without a descriptor');
    this.value = skipValue(bytes, this.start + 1, bytes.length, this.#budget, 2);
    this.end = skipValue(bytes, this.value, bytes.length, this.#budget);
    const section = this.#readDescriptor();
    const types = TYPES_OF_SECTION[section];
    if (types !== undefined && !types.includes(bytes[this.value]!)) {
      throw this.#malformed('a section of the wrong type');
    }
    this.#checkPlace(section);
    this.section = section;
    return true;
  }

  #readDescriptor(): number {
    const { bytes } = this;
    const at = this.start + 1;
    const code = bytes[at]!;
    let section: number | bigint | undefined;
    if (code === TypeCode.smallUlong) section = bytes[at + 1]!;
    else if (code === TypeCode.ulong) section = readUint64(bytes, at + 1);
    else if (code === TypeCode.symbol8) {
      section = SECTION_OF_SYMBOL.get(bytes.toString('latin1', at + 2, valueEnd(bytes, at)));
    }
    if (typeof section !== 'number' || section < Section.header || section > Section.footer) {
      throw this.#malformed('an unknown section');
    }
    return section;
  }

  #checkPlace(section: number): void {
    if ((this.#seen & MUST_NOT_PRECEDE[section - Section.header]!) !== 0) {
      throw this.#malformed('a section out of place');
    }
    this.#seen |= bit(section);
  }

  #malformed(what: string): MalformedMessageError {
    return new MalformedMessageError(this.start, what);
  }
}
