// Afterwards, if both ask: two rhythms side by side, each one's own rate, and what chance would give.
//
// Each asks alone, and what this page says while it waits and when nothing comes is the same whatever
// the cause. Alike and apart are drawn in the same way, and whatever the verdict is, it stands in the
// same place in the same letters. Nothing here rates, or sums up two people in a number, and it is kept only
// by `kept/`, where both have asked for it.

import type { Feeling } from "./feeling";
import { Press } from "../page/press";
import { fill, text } from "../page/text";
import type { Moment, Reflection, Rhythm } from "../sitting/wire";

interface RhythmsProps {
  readonly feeling: Feeling;
  /** To where it can be asked that it be kept; null for whoever shares no space and words with the other here. */
  readonly keep: (() => void) | null;
}

/** The part of the last page that has to do with what was felt; nothing for who had not said yes. */
export function Rhythms({ feeling, keep }: RhythmsProps) {
  const words = text.rhythms;
  const looking = feeling.looking.value;
  const reflections = feeling.reflections.value;
  if (looking === "") return null;
  const { shared } = feeling;
  if (reflections.length > 0) {
    return (
      <>
        {reflections.map((one) => (
          <Together reflection={one} shared={shared} key={one.kind} />
        ))}
        {feeling.keeping.value !== "" && (
          <section>
            {keep ? (
              <>
                <Press quiet describedBy="keep-both" onPress={keep}>
                  {words.keep}
                </Press>
                <p id="keep-both" class="soft small">
                  {words.keepMore}
                </p>
              </>
            ) : (
              <p class="soft small">{words.keepNot}</p>
            )}
          </section>
        )}
      </>
    );
  }
  return (
    <section class="card" aria-labelledby="rhythms">
      <h2 id="rhythms">{words.offerHeading}</h2>
      <p role="status">{looking === "open" ? (shared ? words.offerTogether : words.offer) : looking === "asked" ? words.asked : words.gone}</p>
      {looking === "open" && <Press onPress={() => feeling.ask()}>{shared ? words.askTogether : words.ask}</Press>}
    </section>
  );
}

const WIDE = 600;
const HIGH = 72;
/** Pixels that a minute has at least, so that one breath can be told from the next. */
const A_MINUTE_PX = 190;

interface TogetherProps {
  readonly reflection: Reflection;
  readonly shared: boolean;
  /** Whether it is looked at again, from what was kept. */
  readonly kept?: boolean;
}

/** The two of them; 0:00 is when the phones began to feel. */
export function Together({ reflection, shared, kept = false }: TogetherProps) {
  const words = text.rhythms;
  const [one, second] = names(shared);
  const { kind, you, other, alike, apart, led } = reflection;
  const clock = (at: number) => minutes(at - reflection.seconds[0]);
  const said = ([from, to]: Moment) => fill(words.moment, { from: clock(from), to: clock(to) });
  const list = (moments: readonly Moment[]) =>
    moments.length === 0 ? words.none : moments.map(said).join(", ");
  return (
    <section class="rhythms" aria-labelledby={`rhythms-${kind}`}>
      <h2 id={`rhythms-${kind}`}>{words.heading[kind]}</h2>
      <p class="sentence" role="status">
        {reflection.sentence}
      </p>
      <p>{reflection.chance}</p>
      <p class="soft">{words.says}</p>
      <Drawing reflection={reflection} />
      <dl class="numbers">
        <dt>
          <Stroke who="one" /> {one}
        </dt>
        <dd>{rate(you, kind)}</dd>
        <dt>
          <Stroke who="other" /> {second}
        </dt>
        <dd>{rate(other, kind)}</dd>
        <dt>
          <Mark how="alike" /> {words.alike}
        </dt>
        <dd>{list(alike)}</dd>
        <dt>
          <Mark how="apart" /> {words.apart}
        </dt>
        <dd>{list(apart)}</dd>
      </dl>
      {led.length > 0 && (
        <>
          <h3>{words.led}</h3>
          <ul>
            {led.map(({ from, to, who }) => (
              <li>{fill((shared ? words.ledTogether : words.leds)[who], { from: clock(from), to: clock(to) })}</li>
            ))}
          </ul>
        </>
      )}
      <p class="soft small">
        {words.gap} {!kept && words.forgotten}
      </p>
      <details>
        <summary>{words.inWords}</summary>
        <Table reflection={reflection} shared={shared} clock={clock} />
      </details>
    </section>
  );
}

/** Two at one device are told from where they sat. */
function names(shared: boolean): readonly [string, string] {
  const words = text.rhythms;
  return shared ? [words.left, words.right] : [words.you, words.other];
}

function rate(rhythm: Rhythm, kind: Reflection["kind"]): string {
  const { rate_per_min } = rhythm;
  const words = text.rhythms;
  const said =
    rate_per_min === null
      ? words.noRate
      : fill(words.rate[kind], { rate: (Math.round(rate_per_min * 10) / 10).toString() });
  return rhythm.read === "" ? said : `${said}; ${fill(words.read, { read: rhythm.read })}`;
}

/** 0:00 and on, also for a moment before it. */
export function minutes(seconds: number): string {
  const whole = Math.max(Math.round(seconds), 0);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** The path of one line, through every point and without corners; where nothing could be read there is none. */
export function path(line: Rhythm["line"], x: (at: number) => number, y: (level: number) => number): string {
  let drawn = "";
  line.forEach(([at, level], i) => {
    if (level === null) return;
    const to = [x(at), y(level)] as const;
    const placed = (j: number) => {
      const [t, v] = line[j] ?? [0, null];
      return v === null ? null : ([x(t), y(v)] as const);
    };
    const from = placed(i - 1);
    if (from === null) {
      drawn += `M${to.map(short).join(" ")}`;
      return;
    }
    const [before, after] = [placed(i - 2) ?? from, placed(i + 1) ?? to];
    const bend = [
      from[0] + (to[0] - before[0]) / 6,
      from[1] + (to[1] - before[1]) / 6,
      to[0] - (after[0] - from[0]) / 6,
      to[1] - (after[1] - from[1]) / 6,
    ];
    drawn += `C${[...bend, ...to].map(short).join(" ")}`;
  });
  return drawn;
}

const short = (value: number) => value.toFixed(1);

/** The largest swing from the middle, so that a small breath fills its row as a large one does. */
export function swing(line: Rhythm["line"]): number {
  return Math.max(...line.map(([, level]) => Math.abs(level ?? 0)), 1e-9);
}

function Drawing({ reflection }: { readonly reflection: Reflection }) {
  const { seconds, you, other, alike, apart } = reflection;
  const [from, to] = seconds;
  const lasts = Math.max(to - from, 1);
  const wide = Math.max(WIDE, Math.round((lasts / 60) * A_MINUTE_PX));
  const x = (at: number) => ((at - from) / lasts) * wide;
  const row = (line: Rhythm["line"], middle: number) => {
    const most = swing(line);
    return path(line, x, (level) => middle - (level / most) * (HIGH / 2 - 4));
  };
  const band = HIGH + 8;
  const second = band + 36;
  const ticks = Array.from({ length: Math.floor(lasts / 60) + 1 }, (_, i) => i * 60);
  const words = fill(text.rhythms.drawing, { seconds: `${Math.round(lasts)}` });
  return (
    <div class="drawn" role="region" tabIndex={0} aria-label={words}>
      <svg viewBox={`0 0 ${wide} ${second + HIGH + 20}`} style={{ minWidth: `${wide}px` }} aria-hidden="true">
        {alike.map((moment) => (
          <rect class="alike" {...bar(moment, x)} y={band} height="12" />
        ))}
        {apart.map((moment) => (
          <rect class="apart" {...bar(moment, x)} y={band + 16} height="12" />
        ))}
        <path class="one" d={row(you.line, HIGH / 2)} />
        <path class="other" d={row(other.line, second + HIGH / 2)} />
        {ticks.map((at) => (
          <text x={x(from + at)} y={second + HIGH + 16}>
            {minutes(at)}
          </text>
        ))}
      </svg>
    </div>
  );
}

function bar([from, to]: Moment, x: (at: number) => number): { readonly x: number; readonly width: number } {
  return { x: x(from), width: Math.max(x(to) - x(from), 2) };
}

function Stroke({ who }: { readonly who: "one" | "other" }) {
  return (
    <svg class="sample" viewBox="0 0 40 12" aria-hidden="true">
      <path class={who} d="M2 6H38" />
    </svg>
  );
}

function Mark({ how }: { readonly how: "alike" | "apart" }) {
  return (
    <svg class="sample" viewBox="0 0 40 12" aria-hidden="true">
      <rect class={how} x="2" y="1" width="36" height="10" />
    </svg>
  );
}

/** Ten rows at most: who can't look at lines wants to know when, and not every tenth of a second. */
const ROWS = 10;

interface TableProps {
  readonly reflection: Reflection;
  readonly shared: boolean;
  readonly clock: (at: number) => string;
}

function Table({ reflection, shared, clock }: TableProps) {
  const words = text.rhythms;
  // Short enough that a small phone shows all five at once.
  const { you, other, left, right, alike, apart } = words.columns;
  const [from, to] = reflection.seconds;
  const each = Math.max((to - from) / ROWS, 1);
  const rows = Array.from({ length: Math.ceil((to - from) / each) }, (_, i): Moment => {
    const begins = from + i * each;
    return [begins, Math.min(begins + each, to)];
  });
  return (
    <table>
      <caption>{words.table}</caption>
      <thead>
        <tr>
          {[words.time, ...(shared ? [left, right] : [you, other]), alike, apart].map((heading) => (
            <th scope="col">{heading}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr>
            <th scope="row">{clock(row[0])}</th>
            <td>{turns(reflection.you.line, row)}</td>
            <td>{turns(reflection.other.line, row)}</td>
            <td>{covered(reflection.alike, row)}</td>
            <td>{covered(reflection.apart, row)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** How often a line rises through its middle within this, or a dash where half of it or more is missing. */
export function turns(line: Rhythm["line"], [from, to]: Moment): string {
  const within = line.filter(([at]) => at >= from && at < to);
  if (within.filter(([, level]) => level !== null).length * 2 <= within.length) return "–";
  let count = 0;
  within.forEach(([, level], i) => {
    const before = within[i - 1]?.[1] ?? null;
    if (before !== null && level !== null && before < 0 && level >= 0) count += 1;
  });
  return `${count}`;
}

/** Whole seconds of this row that lie within those moments. */
export function covered(moments: readonly Moment[], [from, to]: Moment): string {
  const seconds = moments.reduce((sum, one) => sum + Math.max(Math.min(one[1], to) - Math.max(one[0], from), 0), 0);
  return seconds < 0.5 ? "–" : `${Math.round(seconds)} s`;
}
