export { Annotation } from './annotation.js';
export { HeaderField, PropertyField } from './field.js';
export { guidText, swapGuidOrder, uuidText } from './guid.js';
export { MessageFormat } from './message-format.js';
export { Section, type SectionCode } from './section.js';
export { MAX_DURATION_MS, toTicks } from './ticks.js';
export { TypeCode } from './type-code.js';
export { ValueWriter } from './value-writer.js';
export { writeInt64 } from './write-int64.js';
