import { isMap, isSeq, parseDocument } from 'yaml';

import { AnchorError } from './anchor.error.js';

/** Changes a YAML document and keeps its comments: adds an item to a list, or a key to a map, at a path of keys. */
export const addToYaml =
  (keys, ...entries) =>
  (text) => {
    const document = parseDocument(text);
    const node = keys.length === 0 ? document.contents : document.getIn(keys);
    const place = keys.join('.') || 'its top';
    for (const entry of entries) {
      if (isSeq(node)) node.add(document.createNode(entry));
      else if (isMap(node))
        for (const [key, value] of Object.entries(entry)) node.add(document.createPair(key, value));
      else throw new AnchorError(`list or map at ${place}`);
    }
    return document.toString({ lineWidth: 0 });
  };
