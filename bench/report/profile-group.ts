/** Tells whose code a function is, by its location. */
export function groupOf(url: string, functionName: string): string {
  if (url === '') return functionName === '(garbage collector)' ? 'garbage collection' : 'native code';
  if (url.startsWith('node:')) return 'Node';
  if (/\/(packages|node_modules)\/nestjs-service-bus\//.test(url)) return 'ours';
  const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  if (name === undefined) return 'candidate';
  if (name.startsWith('@nestjs/') || name === 'rxjs' || name === 'reflect-metadata') return 'Nest';
  if (name.startsWith('@azure/')) return 'SDK';
  if (name === 'rhea' || name === 'rhea-promise') return 'rhea';
  if (['class-validator', 'class-transformer', 'validator'].includes(name)) return 'class-validator';
  return 'other packages';
}

/** Shortens a location: drops the folders of this machine. */
export function shortPlace(url: string, line: number): string {
  if (url === '') return '';
  const place = url.replace(/^.*(?:\.compiled|node_modules)\//, '');
  return `${place}:${line + 1}`;
}
