import { type JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import UPlot from 'uplot';

interface ChartProps {
  readonly title: string;
  readonly times: readonly number[];
  readonly values: readonly number[];
  /** The custom property of the colour. */
  readonly colour: string;
}

const HEIGHT = 150;

/** One line over time. What it shows is said in words as well. */
export function Chart({ title, times, values, colour }: ChartProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | undefined>(undefined);
  useEffect(() => {
    const host = box.current;
    if (!host) return undefined;
    const build = (): void => {
      plot.current?.destroy();
      plot.current = new UPlot(optionsOf(colour, host.clientWidth), [[...times], [...values]], host);
    };
    build();
    const resized = new ResizeObserver(() =>
      plot.current?.setSize({ width: host.clientWidth, height: HEIGHT }),
    );
    resized.observe(host);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', build);
    return () => {
      resized.disconnect();
      scheme.removeEventListener('change', build);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [colour]);
  useEffect(() => plot.current?.setData([[...times], [...values]]), [times, values]);
  const [now = 0, most = 0] = [values.at(-1), values.length === 0 ? 0 : Math.max(...values)];
  return (
    <figure class="chart">
      <figcaption>
        <strong>{title}</strong> <span>{`now ${now}, at most ${most} in the last hour`}</span>
      </figcaption>
      <div
        ref={box}
        class="plot"
        role="img"
        aria-label={`${title}: now ${now}, at most ${most} in the last hour`}
      />
    </figure>
  );
}

function optionsOf(colour: string, width: number): UPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const stroke = style.getPropertyValue(colour);
  const text = style.getPropertyValue('--muted');
  const lines = { stroke: style.getPropertyValue('--line'), width: 1 };
  const axis = { stroke: text, grid: lines, ticks: { show: false }, font: '11px system-ui, sans-serif' };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { range: (_, __, last) => [last - 3_600, last] },
      y: { range: (_, __, most) => [0, Math.max(4, most * 1.1)] },
    },
    axes: [
      {
        ...axis,
        values: (_, ticks) => ticks.map((one) => new Date(one * 1_000).toTimeString().slice(0, 5)),
        space: 70,
      },
      {
        ...axis,
        size: 56,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000],
      },
    ],
    series: [
      {},
      {
        stroke,
        width: 2,
        fill: `${stroke.trim()}22`,
        points: { show: false },
        paths: UPlot.paths.stepped?.({ align: 1 }),
      },
    ],
  };
}
