import { type ComponentChildren, type JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

const ROW_HEIGHT = 40;
const BEYOND = 8;

interface RowsProps<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly head: ComponentChildren;
  readonly columns: number;
  readonly keyOf: (row: Row) => string;
  readonly draw: (row: Row) => ComponentChildren;
  readonly onShown?: (rows: readonly Row[]) => void;
}

/**
 * A table of any length: only the rows that can be seen are there. Up and down go from one row's first link to the
 * next one's.
 */
export function Rows<Row>(props: RowsProps<Row>): JSX.Element {
  const { label, rows, head, columns, keyOf, draw, onShown } = props;
  const box = useRef<HTMLDivElement>(null);
  const [span, setSpan] = useState({ first: 0, last: 40 });
  const look = (): void => {
    const { scrollTop, clientHeight } = box.current ?? { scrollTop: 0, clientHeight: 0 };
    const first = Math.max(0, Math.floor(scrollTop / ROW_HEIGHT) - BEYOND);
    const last = Math.ceil((scrollTop + clientHeight) / ROW_HEIGHT) + BEYOND;
    if (first !== span.first || last !== span.last) setSpan({ first, last });
  };
  useLayoutEffect(() => {
    look();
    addEventListener('resize', look);
    return () => removeEventListener('resize', look);
  });
  const shown = rows.slice(span.first, span.last);
  const shownKeys = shown.map(keyOf).join('\n');
  useLayoutEffect(() => onShown?.(shown), [shownKeys]);
  const after = Math.max(0, rows.length - span.last) * ROW_HEIGHT;
  return (
    <div
      class="rows"
      ref={box}
      onScroll={look}
      onKeyDown={(event) => moveByArrow(event, box.current)}
      role="region"
      aria-label={label}
      tabIndex={0}
    >
      <table aria-rowcount={rows.length + 1}>
        <thead>{head}</thead>
        <tbody>
          <Spacer height={span.first * ROW_HEIGHT} columns={columns} />
          {shown.map((row, index) => (
            <tr key={keyOf(row)} aria-rowindex={span.first + index + 2}>
              {draw(row)}
            </tr>
          ))}
          <Spacer height={after} columns={columns} />
        </tbody>
      </table>
    </div>
  );
}

function Spacer({
  height,
  columns,
}: {
  readonly height: number;
  readonly columns: number;
}): JSX.Element | null {
  if (height <= 0) return null;
  return (
    <tr aria-hidden="true" class="spacer">
      <td colSpan={columns} style={{ height: `${height}px` }} />
    </tr>
  );
}

function moveByArrow(event: KeyboardEvent, box: HTMLElement | null): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined || !box) return;
  const links = [...box.querySelectorAll<HTMLElement>('tbody tr a, tbody tr .row-link')];
  const at = links.findIndex((one) => one === document.activeElement);
  const next = links[at < 0 ? 0 : at + step];
  if (!next) return;
  event.preventDefault();
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'nearest' });
}
