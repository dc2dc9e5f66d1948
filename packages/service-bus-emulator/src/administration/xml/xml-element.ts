/** An element of an XML document. Names have no prefix when read; when written, they appear as they are. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** The element's own text; an element has either children or text. */
  readonly text: string;
}

/** Creates an element from its text or its children. */
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

/** Creates an element for each value that is defined. */
export function optionalElements(values: Readonly<Record<string, string | undefined>>): XmlElement[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [element(name, value)],
  );
}

export function childOf(parent: XmlElement | undefined, name: string): XmlElement | undefined {
  return parent?.children.find((child) => child.name === name);
}
