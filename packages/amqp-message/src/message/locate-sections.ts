import { Section } from '../section.js';

import { MalformedMessageError } from '../value/malformed-message-error.js';
import { SectionReader } from './section-reader.js';
import { SkipBudget } from '../value/skip-value.js';

/** The offsets of a message's parts. A section's offset is that of its value; -1 means that there is no such section. */
export interface SectionPlaces {
  readonly header: number;
  readonly messageAnnotations: number;
  readonly properties: number;
  readonly applicationProperties: number;
  readonly afterHeader: number;
  /** Start of what the broker must not change: the first section after the annotations. */
  readonly kept: number;
  /** Start of the application properties' section, or where it would start. */
  readonly afterProperties: number;
  /** Start of body and footer. */
  readonly body: number;
}

const NONE = -1;
const budget = new SkipBudget();

/**
 * Finds the sections of a message and checks its whole structure: every length, count and nesting is true and
 * bounded, every section known. A decoder that trusts what it reads, as rhea's does, can be given it then.
 * Throws MalformedMessageError.
 */
export function locateSections(bytes: Buffer): SectionPlaces {
  if (bytes.length === 0) throw new MalformedMessageError(0, 'a message without sections');
  const places = {
    header: NONE,
    messageAnnotations: NONE,
    properties: NONE,
    applicationProperties: NONE,
    afterHeader: 0,
    kept: 0,
    afterProperties: 0,
    body: 0,
  };
  const reader = new SectionReader(bytes, budget);
  while (reader.next()) {
    const { section, value, end } = reader;
    if (section > Section.applicationProperties) continue;
    places.body = end;
    if (section <= Section.properties) places.afterProperties = end;
    if (section <= Section.messageAnnotations) places.kept = end;
    if (section === Section.header) {
      places.header = value;
      places.afterHeader = end;
    } else if (section === Section.messageAnnotations) places.messageAnnotations = value;
    else if (section === Section.properties) places.properties = value;
    else if (section === Section.applicationProperties) places.applicationProperties = value;
  }
  return places;
}
