import { type OpenAPIObject } from '@nestjs/swagger';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/**
 * Gives each operation of an OpenAPI document an id that programs made from it can use as a function's name: from its
 * path, and from its method where a path has several. Nest's own ids repeat the names of classes.
 */
export function nameOperations(document: OpenAPIObject): void {
  for (const [path, item] of Object.entries(document.paths)) {
    const operations = METHODS.flatMap((method) =>
      item[method] ? [{ method, operation: item[method] }] : [],
    );
    for (const { method, operation } of operations) {
      const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
      if (operations.length > 1) words.unshift(method);
      operation.operationId = camelCase(words.length > 0 ? words : ['start', 'page']);
    }
  }
}

function camelCase([first = '', ...others]: readonly string[]): string {
  return first + others.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
