/** An element of an XML document. Names are without prefix in what is read, and as they stand in what is written. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** The text directly inside; an element has children or text here, never both. */
  readonly text: string;
}

/** Makes an element from its text or its children. */
export function element(
  name: string,
  content: string | number | boolean | readonly XmlElement[] = [],
  attributes: Readonly<Record<string, string>> = {},
): XmlElement {
  return {
    name,
    attributes: new Map(Object.entries(attributes)),
    children: typeof content === 'object' ? content : [],
    text: typeof content === 'object' ? '' : String(content),
  };
}

/** The elements for those values that are there. */
export function optionalElements(values: Readonly<Record<string, string | undefined>>): XmlElement[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [element(name, value)],
  );
}

export function childOf(parent: XmlElement | undefined, name: string): XmlElement | undefined {
  return parent?.children.find((child) => child.name === name);
}
