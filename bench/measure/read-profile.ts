import { groupOf, shortPlace } from '../report/profile-group.js';

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

/** The result of `Profiler.stop`. */
export interface ProcessorProfile {
  readonly nodes: { id: number; callFrame: CallFrame; children?: number[] }[];
  readonly samples: number[];
  readonly timeDeltas: number[];
}

/** The result of `HeapProfiler.stopSampling`. */
export interface AllocationProfile {
  readonly head: AllocationNode;
}

interface AllocationNode {
  readonly callFrame: CallFrame;
  readonly selfSize: number;
  readonly children: AllocationNode[];
}

/** A function's cost in microseconds or bytes, without and with its callees. */
export interface Cost {
  readonly name: string;
  readonly place: string;
  readonly group: string;
  own: number;
  total: number;
}

interface Tree {
  readonly callFrame: CallFrame;
  readonly own: number;
  readonly children: readonly Tree[];
}

/** Microseconds by function, without idle time. */
export function readProcessorProfile({ nodes, samples, timeDeltas }: ProcessorProfile): Cost[] {
  const own = new Map<number, number>();
  samples.forEach((id, index) => own.set(id, (own.get(id) ?? 0) + (timeDeltas[index] ?? 0)));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const toTree = (id: number): Tree => {
    const node = byId.get(id);
    if (!node) throw new Error(`the profile has no node ${id}`);
    const isWaiting = node.callFrame.functionName === '(idle)';
    return {
      callFrame: node.callFrame,
      own: isWaiting ? 0 : (own.get(id) ?? 0),
      children: (node.children ?? []).map(toTree),
    };
  };
  return nodes[0] ? collect(toTree(nodes[0].id)) : [];
}

/** Bytes by function. */
export function readAllocationProfile({ head }: AllocationProfile): Cost[] {
  const toTree = ({ callFrame, selfSize, children }: AllocationNode): Tree => ({
    callFrame,
    own: selfSize,
    children: children.map(toTree),
  });
  return collect(toTree(head));
}

function collect(root: Tree): Cost[] {
  const costs = new Map<string, Cost>();
  const visit = ({ callFrame, own, children }: Tree, callers: ReadonlySet<string>): number => {
    const { functionName, url, lineNumber } = callFrame;
    const key = `${functionName} ${url}:${lineNumber}`;
    const inside = new Set(callers).add(key);
    const total = children.reduce((sum, child) => sum + visit(child, inside), own);
    const cost = costs.get(key) ?? {
      name: functionName || '(anonymous)',
      place: shortPlace(url, lineNumber),
      group: groupOf(url, functionName),
      own: 0,
      total: 0,
    };
    cost.own += own;
    // Count a recursive function only once, at its outermost call.
    if (!callers.has(key)) cost.total += total;
    costs.set(key, cost);
    return total;
  };
  visit(root, new Set());
  return [...costs.values()];
}
